import satisfies from 'semver/functions/satisfies.js';
import type { Incompatibility } from '../../machines/contract.ts';
import { oneLine } from '../failure.ts';
import type { NodeAbi } from '../natives/abi.ts';
import { isAdmitted } from '../natives/admission.ts';
import type { Demands } from '../registry/manifest.ts';

/** The Node that will run the package (U-05); its own answers, not those of the Node that checks. */
export type ExecFacts = Pick<NodeAbi, 'node' | 'platform' | 'arch' | 'modules'> & {
  readonly libc: string | null;
};

/** Characters of a demand: a range of megabytes takes gigabytes and minutes to compare (P-22). */
export const longestDemand = 500;

const refusal = (
  field: 'os' | 'cpu' | 'libc',
  wanted: readonly string[],
  actual: string | null,
): Incompatibility | null =>
  isAdmitted(wanted, actual)
    ? null
    : { field, wanted: oneLine(wanted.join(', '), longestDemand), actual: actual ?? 'none' };

/** What `engines` says under a name; undefined where it says nothing, null where that is no text. */
export const engineOf = ({ engines }: Pick<Demands, 'engines'>, name: string): string | null | undefined =>
  Object.hasOwn(engines, name) ? engines[name] : undefined;

/** A version that is unknown or no semver meets no demand. */
export const isMet = (range: string, version: string): boolean =>
  range.length <= longestDemand && satisfies(version, range, { includePrerelease: true });

const enginesRefusal = (demands: Demands, node: string | null): Incompatibility | null => {
  const range = engineOf(demands, 'node');
  if (typeof range !== 'string' || node === null || isMet(range, node)) return null;
  return { field: 'engines', wanted: oneLine(`node ${range}`, longestDemand), actual: `node ${node}` };
};

/**
 * The first demand of a package that the runtime's executable does not meet, or null. Where the executable could not
 * say what it is, this process's platform counts and `engines` can't be judged.
 */
export const incompatibility = (demands: Demands, facts: ExecFacts | null): Incompatibility | null => {
  const { platform, arch, libc, node } = facts ?? {
    platform: process.platform,
    arch: process.arch,
    libc: null,
    node: null,
  };
  return (
    enginesRefusal(demands, node) ??
    refusal('os', demands.os, platform) ??
    refusal('cpu', demands.cpu, arch) ??
    (facts === null ? null : refusal('libc', demands.libc, platform === 'linux' ? libc : null))
  );
};
