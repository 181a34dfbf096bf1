import type { BadMark, Incompatibility, Release } from '../../machines/contract.ts';
import type { Offered } from '../registry/releases.ts';
import { readBadVersions, standingMark } from '../store/bad-versions.ts';
import { incompatibility } from './compatibility.ts';
import type { StagingSession } from './session.ts';

/** The verdict that stands against these very bytes on this machine, or null (U-03). */
export const markAgainst = (
  { fs, layout, options }: StagingSession,
  { version, integrity }: Release,
): BadMark | null => {
  const { abi, shellVersion } = options;
  return standingMark(readBadVersions(fs, layout), {
    version,
    integrity,
    abi,
    shellVersion,
    now: new Date(),
  });
};

/** U-05, with the one demand that has to be asked for apart. */
export const refusedDemand = async (
  { options }: StagingSession,
  { demands, readLibc }: Pick<Offered, 'demands' | 'readLibc'>,
  signal: AbortSignal,
): Promise<Incompatibility | null> => {
  const reason = incompatibility(demands, options.execFacts);
  if (reason !== null || options.execFacts?.platform !== 'linux') return reason;
  return incompatibility({ ...demands, libc: await readLibc(signal) }, options.execFacts);
};
