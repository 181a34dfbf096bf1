import type { Report } from '../staging/progress.ts';
import type { FetchNatives } from './fetching.ts';
import type { LoadInstaller } from './matching.ts';

/** What installs is loaded when something is to be installed, and only by those who can fetch. */
export const installingBy =
  (fetch: FetchNatives, report: Report = () => undefined): LoadInstaller =>
  async wanted => {
    const { createInstaller } = await import('./installer.ts');
    return createInstaller(wanted, { fetch, report });
  };
