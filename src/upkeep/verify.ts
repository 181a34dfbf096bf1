import type { FileSystem } from '../store/file-system.ts';
import type { Layout } from '../store/layout.ts';
import { stagedVersions } from '../store/retention.ts';
import { checkTree } from '../store/tree-check.ts';
import { recordedTree } from './target.ts';

export type VerifiedTree =
  | { readonly version: string; readonly ok: true; readonly files: number }
  | { readonly version: string; readonly ok: false; readonly path: string; readonly reason: string };

export type Verification = {
  readonly outcome: 'ok' | 'damaged';
  readonly trees: readonly VerifiedTree[];
};

const verifyTree = async (fs: FileSystem, layout: Layout, version: string): Promise<VerifiedTree> => {
  const expectedTree = recordedTree(fs, layout, version);
  const check = await checkTree(fs, layout.version(version), { expectedTree, depth: 'full' });
  return check.ok
    ? { version, ok: true, files: check.list.files.length }
    : { version, ok: false, path: check.path, reason: check.reason };
};

/** Hashes every file of every staged version. Changes nothing; `onTree` tells each as it is done. */
export const verifyTrees = async (
  fs: FileSystem,
  layout: Layout,
  onTree: (tree: VerifiedTree) => void = () => undefined,
): Promise<Verification> => {
  const trees: VerifiedTree[] = [];
  for (const version of stagedVersions(fs, layout)) {
    const tree = await verifyTree(fs, layout, version);
    trees.push(tree);
    onTree(tree);
  }
  return { outcome: trees.every(({ ok }) => ok) ? 'ok' : 'damaged', trees };
};
