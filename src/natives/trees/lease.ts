import type { NativeTree } from '../../../machines/contract.ts';
import { StagedoorError } from '../../failure.ts';
import type { FileSystem } from '../../store/file-system.ts';
import { isFolder } from '../../store/folder.ts';
import { type Lease, takeLease } from '../../store/lease.ts';
import { treesOf } from '../tree-place.ts';

/** Keeps a tree as long as a child loads from it (P-12). Rejects where somebody has removed it since it was found. */
export const leaseOnTree = async (fs: FileSystem, { tag, stamp }: NativeTree): Promise<Lease> => {
  const layout = treesOf(tag);
  const lease = await takeLease(fs, layout, stamp);
  if (isFolder(fs, layout.version(stamp))) return lease;
  await lease.release();
  throw new StagedoorError('NATIVE_ABI_MISMATCH', `the native modules for ${tag} were removed just now`, {
    hint: 'Start again: they are installed anew.',
  });
};
