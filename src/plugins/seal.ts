import path from 'node:path';
import type { PluginPlan, PluginVerified } from '../../machines/contract.ts';
import { StagedoorError } from '../failure.ts';
import type { Abi } from '../natives/abi.ts';
import type { Report } from '../staging/progress.ts';
import { flushFiles, flushFolders } from '../staging/tree-flush.ts';
import { compareTree } from '../staging/tree-proof.ts';
import { plainMode, treeWriter } from '../staging/tree-writer.ts';
import type { FileSystem } from '../store/file-system.ts';
import { isFolder } from '../store/folder.ts';
import { type Layout, treeListName } from '../store/layout.ts';
import { sizeLimits } from '../store/small-file.ts';
import { serializeTreeList, type TreeEntry, treeDigest } from '../store/tree-list.ts';
import { ownVersion } from '../version.ts';
import { compiledIn } from './misbuilt.ts';
import { pluginFolder, pluginRecordName } from './place.ts';
import type { StagedPlugin } from './provider.ts';
import { type PluginRecord, parsePluginRecord, serializePluginRecord } from './record.ts';
import { stampOfPlan } from './stamp.ts';

/** Flushes at a time, as many as for a version. */
const width = 16;

/** What could not be read later is not written. */
const recordText = (
  { wish, version, packages, demands }: PluginPlan,
  said: Pick<PluginRecord, 'stripped' | 'compiled'>,
): string => {
  const about = { schema: 1, stagedoor: ownVersion, wish, version, packages, demands } as const;
  const text = serializePluginRecord({ ...about, ...said });
  if (Buffer.byteLength(text) <= sizeLimits.document && parsePluginRecord(text) !== null) return text;
  throw new StagedoorError('PACKAGE_INVALID', `${wish.name}@${version} asks for more than can be kept`);
};

const writeRecord = (fs: FileSystem, tree: string, text: string): TreeEntry => {
  const bytes = Buffer.from(text);
  const writer = treeWriter(fs, tree);
  try {
    writer.begin(pluginRecordName, bytes.byteLength, plainMode);
    writer.write(bytes);
    return writer.end();
  } finally {
    writer.close();
  }
};

const assertPackage = (fs: FileSystem, tree: string, { wish, version }: PluginPlan): void => {
  if (isFolder(fs, pluginFolder(tree, wish.ecosystem, wish.name))) return;
  throw new StagedoorError('PACKAGE_INVALID', `nothing was unpacked of ${wish.name}@${version}`);
};

/** What was unpacked, and what the executable that it is for loads; null: nobody can say. */
export type SealedPlugin = StagedPlugin & { readonly abi: Abi | null };

/** Everything durable before the list says that it is there, and the list last (P-02, P-08). */
export const sealPlugin = async (
  fs: FileSystem,
  layout: Layout,
  plan: PluginPlan,
  { files: unpacked, stripped, abi }: SealedPlugin,
  signal: AbortSignal,
  report: Report,
): Promise<PluginVerified> => {
  const tree = layout.partialTree(plan.scratch);
  report({ phase: 'verifying', bytes: 0, total: null });
  assertPackage(fs, tree, plan);
  const paths = unpacked.map(file => file.path);
  const compiled = compiledIn(fs, tree, paths, plan.packages, abi);
  const files = [...unpacked, writeRecord(fs, tree, recordText(plan, { stripped, compiled }))];
  const folders = compareTree(fs, tree, files);
  const onProgress = (done: number): void => report({ phase: 'flushing', bytes: done, total: files.length });
  const flush = { width, signal, onProgress };
  const places = files.map(file => path.join(tree, file.path));
  await flushFiles(fs, places, flush);
  const integrity = plan.packages[0]?.integrity ?? null;
  const about = { name: plan.wish.name, version: stampOfPlan(plan), integrity };
  const text = serializeTreeList({ schema: 1, ...about, entry: pluginRecordName, natives: [], files });
  const list = path.join(tree, treeListName);
  fs.writeFileSync(list, text, { flag: 'wx' });
  await flushFiles(fs, [list], { ...flush, onProgress: () => undefined });
  await flushFolders(fs, folders, flush);
  return { tree: treeDigest(text), stripped };
};
