import type { Failure } from '../../machines/failure.ts';
import type { RuntimeInput } from '../../machines/launch.ts';
import { toFailure } from '../failure.ts';
import { leaseOnTree } from '../natives/trees/lease.ts';
import { type Lease, takeLease } from '../store/lease.ts';
import type { LaunchSetup } from './setup.ts';

/**
 * Leases for one child: on the tree that it loads its natives from, and on its version. What can't be written costs the lease, never
 * the launch (P-06). Rejects where the tree is gone since it was found.
 */
export const runtimeLeases = async (
  { fs, layout }: Pick<LaunchSetup, 'fs' | 'layout'>,
  { candidate, natives }: RuntimeInput,
  unwritten: (failure: Failure) => void,
): Promise<readonly Lease[]> => {
  const taken = async (lease: Promise<Lease>): Promise<readonly Lease[]> => {
    try {
      return [await lease];
    } catch (error) {
      const failure = toFailure(error);
      if (failure.code === 'NATIVE_ABI_MISMATCH') throw error;
      unwritten(failure);
      return [];
    }
  };
  const tree = natives?.places.some(({ from }) => from === 'tree') === true ? natives.tree : null;
  return [
    ...(tree === null ? [] : await taken(leaseOnTree(fs, tree))),
    ...(await taken(takeLease(fs, layout, candidate.version))),
  ];
};
