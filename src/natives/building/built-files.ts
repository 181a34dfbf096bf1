import { createHash } from 'node:crypto';
import path from 'node:path';
import { StagedoorError } from '../../failure.ts';
import { pathFault } from '../../staging/path-rules.ts';
import { executableMode, plainMode } from '../../staging/tree-writer.ts';
import type { FileSystem } from '../../store/file-system.ts';
import type { TreeEntry } from '../../store/tree-list.ts';

/** What compilers leave beside their result: links out of the tree and files by the thousand that nobody loads. */
const leftovers = ['node_gyp_bins', 'obj', 'obj.target', '.deps'];

const longestPath = 1000;

/** Removes what a build of this package left beside its result. */
export const removeLeftovers = async (fs: FileSystem, folder: string): Promise<void> => {
  for (const place of ['build', 'build/Release', 'build/Debug']) {
    for (const name of leftovers)
      await fs.promises.rm(path.join(folder, place, name), { recursive: true, force: true, maxRetries: 3 });
  }
};

const odd = (relative: string, why: string): StagedoorError =>
  new StagedoorError('NATIVE_ABI_MISMATCH', `the build left ${JSON.stringify(relative)}, which ${why}`);

const sha256Of = async (fs: FileSystem, file: string, signal: AbortSignal): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of fs.createReadStream(file) as AsyncIterable<Buffer>) {
    signal.throwIfAborted();
    hash.update(chunk);
  }
  return hash.digest('hex');
};

/** With plain rights, as everything else in a tree has them. */
const entryOf = async (
  fs: FileSystem,
  root: string,
  relative: string,
  signal: AbortSignal,
): Promise<TreeEntry> => {
  const file = path.join(root, relative);
  const { mode: before, size, mtimeMs } = await fs.promises.stat(file);
  const mode = (before & 0o111) === 0 ? plainMode : executableMode;
  if ((before & 0o7777) !== mode) await fs.promises.chmod(file, mode);
  return { path: relative, size, mode, sha256: await sha256Of(fs, file, signal), mtimeMs };
};

/** Every file of a tree, hashed anew: a build is foreign code that could have changed any of them. Rejects for a link. */
export const hashTree = async (
  fs: FileSystem,
  root: string,
  signal: AbortSignal,
  folder = '',
): Promise<readonly TreeEntry[]> => {
  const entries: TreeEntry[] = [];
  for (const child of await fs.promises.readdir(path.join(root, folder), { withFileTypes: true })) {
    const relative = folder === '' ? child.name : `${folder}/${child.name}`;
    const fault = pathFault(relative, longestPath);
    if (fault !== null) throw odd(relative, fault);
    if (child.isDirectory()) entries.push(...(await hashTree(fs, root, signal, relative)));
    else if (child.isFile()) entries.push(await entryOf(fs, root, relative, signal));
    else throw odd(relative, 'is no regular file');
  }
  return entries;
};
