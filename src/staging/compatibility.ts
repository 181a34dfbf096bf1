import satisfies from 'semver/functions/satisfies.js';
import type { Incompatibility } from '../../machines/contract.ts';
import { oneLine } from '../failure.ts';
import type { NodeAbi } from '../natives/abi.ts';
import { isAdmitted } from '../natives/admission.ts';
import type { Demands } from '../registry/releases.ts';

/** The Node that will run the package (U-05); its own answers, not those of the Node that checks. */
export type ExecFacts = Pick<NodeAbi, 'node' | 'platform' | 'arch' | 'modules'> & {
  readonly libc: string | null;
};

/** Characters of a demand: a range of megabytes takes gigabytes and minutes to compare (P-22). */
const longestDemand = 500;

const refusal = (
  field: 'os' | 'cpu' | 'libc',
  wanted: readonly string[],
  actual: string | null,
): Incompatibility | null =>
  isAdmitted(wanted, actual)
    ? null
    : { field, wanted: oneLine(wanted.join(', '), longestDemand), actual: actual ?? 'none' };

const enginesRefusal = (demands: Demands, node: string | null): Incompatibility | null => {
  if (demands.node === undefined || node === null) return null;
  const admitted =
    demands.node.length <= longestDemand && satisfies(node, demands.node, { includePrerelease: true });
  if (admitted) return null;
  return {
    field: 'engines',
    wanted: oneLine(`node ${demands.node}`, longestDemand),
    actual: `node ${node}`,
  };
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
