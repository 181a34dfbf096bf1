import type { Style } from '../style.ts';

/** That a version has plugins and no core lock, and what to do. */
export const unguardedText = (version: string, style: Style): string =>
  `${style.warning('unguarded')}: ${version} has no core lock, so plugins may bring copies of what belongs to it; update the runtime, or bundle it anew`;
