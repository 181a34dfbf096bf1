import path from 'node:path';
import type { NativeTree } from '../../../machines/contract.ts';
import { StagedoorError } from '../../failure.ts';
import { flushFiles, flushFolders } from '../../staging/tree-flush.ts';
import { compareTree } from '../../staging/tree-proof.ts';
import { plainMode, treeWriter } from '../../staging/tree-writer.ts';
import { flushFolder, withBusyRetry } from '../../store/durable-file.ts';
import type { FileSystem } from '../../store/file-system.ts';
import { type Layout, partsOfScratch, treeListName } from '../../store/layout.ts';
import { Contested, renameInto } from '../../store/placing.ts';
import { serializeTreeList, type TreeEntry } from '../../store/tree-list.ts';
import { ownVersion } from '../../version.ts';
import type { Pin } from '../dependency.ts';
import { stampName } from '../tree-place.ts';
import { assertUnused } from './claim.ts';
import { lookAtTree, setAside } from './find.ts';
import { serializeStamp } from './stamp.ts';

export type TreeToCommit = {
  readonly tag: string;
  readonly scratch: string;
  /** Of the natives it is for. */
  readonly names: readonly string[];
  readonly pins: readonly Pin[];
  /** Names of those that were built here. */
  readonly built: readonly string[];
  /** Every file of the tree, as it was written. */
  readonly files: readonly TreeEntry[];
};

/** Flushes at a time, as many as for a version. */
const width = 16;

const writeStamp = (fs: FileSystem, dir: string, { tag, names, pins, built }: TreeToCommit): TreeEntry => {
  const stamp = serializeStamp({ schema: 1, stagedoor: ownVersion, tag, names, pins, built });
  const bytes = Buffer.from(stamp);
  const writer = treeWriter(fs, dir);
  try {
    writer.begin(stampName, bytes.byteLength, plainMode);
    writer.write(bytes);
    return writer.end();
  } finally {
    writer.close();
  }
};

/** Everything durable before the list says that it is there, and the list last (P-02, P-08). */
const seal = async (
  fs: FileSystem,
  dir: string,
  stamp: string,
  tree: TreeToCommit,
  signal: AbortSignal,
): Promise<void> => {
  const files = [...tree.files, writeStamp(fs, dir, tree)];
  const folders = compareTree(fs, dir, files);
  const flush = { width, signal, onProgress: () => undefined };
  await flushFiles(
    fs,
    files.map(file => path.join(dir, file.path)),
    flush,
  );
  const list = path.join(dir, treeListName);
  const about = { schema: 1, name: 'natives', version: stamp, integrity: null, entry: stampName } as const;
  const text = serializeTreeList({ ...about, natives: [], files });
  fs.writeFileSync(list, text, { flag: 'wx' });
  await flushFiles(fs, [list], flush);
  await flushFolders(fs, folders, flush);
};

const rounds = 3;

/** Rejects with STORE_BUSY for one that a child uses, with EBUSY for one that a scanner holds (P-11). */
const makeRoom = async (fs: FileSystem, layout: Layout, stamp: string): Promise<void> => {
  if (await setAside(fs, layout, stamp)) return;
  assertUnused(fs, layout, stamp);
  throw Object.assign(new Error(`versions/${stamp} can't be moved`), { code: 'EBUSY' });
};

/** Puts the tree into its place; a whole one that is there already is as good, any other one is set aside. */
const place = async (
  fs: FileSystem,
  layout: Layout,
  stamp: string,
  { tag, scratch }: TreeToCommit,
  signal: AbortSignal,
): Promise<void> => {
  const target = layout.version(stamp);
  for (let round = 1; ; round += 1) {
    const { kind } = await lookAtTree(fs, layout, { tag, stamp }, 'full');
    if (kind === 'whole') return;
    if (kind === 'damaged') await withBusyRetry(() => makeRoom(fs, layout, stamp), { signal });
    try {
      await withBusyRetry(() => renameInto(fs, layout.partialTree(scratch), target), { signal });
      return;
    } catch (error) {
      // Somebody else was faster: what they put there is looked at.
      if (round === rounds || !(error instanceof Contested))
        throw error instanceof Contested ? error.cause : error;
    }
  }
};

/** Seals a filled scratch folder and renames it into its place: from then on it is found (N-04, P-35). */
export const commitTree = async (
  fs: FileSystem,
  layout: Layout,
  tree: TreeToCommit,
  signal: AbortSignal,
): Promise<NativeTree> => {
  const { tag, scratch, names } = tree;
  const stamp = partsOfScratch(scratch)?.version;
  if (stamp === undefined) throw new StagedoorError('INTERNAL', `${scratch} is no scratch folder`);
  await seal(fs, layout.partialTree(scratch), stamp, tree, signal);
  await place(fs, layout, stamp, tree, signal);
  await flushFolder(fs, layout.versions);
  return { tag, stamp, names };
};
