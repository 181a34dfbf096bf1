import { writeShims } from '../process/shims.ts';
import { type FileSystem, nodeFileSystem } from '../store/file-system.ts';
import { type BundleLock, lockBundle } from './locking.ts';
import { assertReplaceable, makeWorkFolder, replaceFolder } from './place.ts';
import type { BundleJob, BundleProgress, BundleRequest } from './request.ts';
import { entryOf, treeFromFolder, treeFromRegistry } from './source.ts';
import { writeTreeList } from './tree-listing.ts';

export type Bundle = {
  readonly outcome: 'bundled';
  readonly package: string;
  readonly version: string;
  readonly dir: string;
  /** Relative to `dir`. */
  readonly entry: string;
  readonly natives: readonly string[];
  readonly coreLock: BundleLock;
  readonly files: number;
  readonly bytes: number;
};

type Means = {
  readonly fs?: FileSystem;
  readonly signal: AbortSignal;
  readonly report: (progress: BundleProgress) => void;
};

const makeTree = async (job: BundleJob): Promise<Bundle> => {
  const { fs, request, work } = job;
  const { tree, version, integrity, natives } =
    request.from === null ? await treeFromRegistry(job) : await treeFromFolder(job, request.from);
  const entry = entryOf(job, tree);
  await writeShims(fs, tree, { bundledEntry: entry, execRelative: request.shellExec });
  job.report({ phase: 'locking', version, bytes: 0, total: null });
  const coreLock = await lockBundle(fs, tree, request.metafile);
  job.report({ phase: 'listing', version, bytes: 0, total: null });
  const files = await writeTreeList(fs, tree, { name: request.package, version, integrity, entry, natives });
  job.signal.throwIfAborted();
  await replaceFolder(fs, tree, request.dir, work);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const { package: name, dir } = request;
  const amounts = { files: files.length, bytes };
  return { outcome: 'bundled', package: name, version, dir, entry, natives, coreLock, ...amounts };
};

/**
 * Makes the whole bundle beside its place, then puts it there: `request.dir` is complete or as it was (C-06). Rejects with
 * a `StagedoorError`, a `BundleMistake` where the folder holds other things, or the signal's reason.
 */
export const makeBundle = async (
  request: BundleRequest,
  { fs = nodeFileSystem, signal, report }: Means,
): Promise<Bundle> => {
  assertReplaceable(fs, request.dir, request.package);
  const work = await makeWorkFolder(fs, request.dir, request.workPlace);
  try {
    return await makeTree({ fs, request, work, signal, report });
  } finally {
    await fs.promises.rm(work, { recursive: true, force: true, maxRetries: 3 });
  }
};
