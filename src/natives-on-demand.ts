import type { FetchNatives } from './natives/fetching.ts';
import type { LoadInstaller } from './natives/matching.ts';
import type { Report } from './staging/progress.ts';

const silent: Report = () => undefined;

/** What installs native trees is loaded when something is to be installed, which is almost never. */
export const installOnDemand =
  (fetch: FetchNatives, report: Report = silent): LoadInstaller =>
  async (wanted, fs) => {
    const { createInstaller } = await import('./natives/installer.ts');
    return createInstaller(wanted, { fs, fetch, report });
  };
