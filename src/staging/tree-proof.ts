import path from 'node:path';
import { StagedoorError } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';
import { treeListName } from '../store/layout.ts';
import type { TreeEntry } from '../store/tree-list.ts';

const damaged = (file: string, why: string): StagedoorError =>
  new StagedoorError('TREE_DAMAGED', `the staged tree is not complete: ${JSON.stringify(file)} ${why}`);

const comparesModes = process.platform !== 'win32';

/** Looks at what is really on disk: the writer may have been told that all is well (P-08). */
export const compareFile = (
  fs: FileSystem,
  tree: string,
  relative: string,
  expected: TreeEntry | undefined,
): void => {
  if (expected === undefined) throw damaged(relative, 'is not in the tarball');
  const stats = fs.lstatSync(path.join(tree, relative));
  if (!stats.isFile()) throw damaged(relative, 'is no regular file');
  if (stats.size !== expected.size) throw damaged(relative, `has ${stats.size} of ${expected.size} bytes`);
  if (comparesModes && (stats.mode & 0o7777) !== expected.mode) throw damaged(relative, 'has other rights');
};

/**
 * Compares a tree with the list of what was unpacked and copied: the same files, no more, no fewer, with their sizes
 * and modes. Gives back all folders, the deepest first.
 */
export const compareTree = (fs: FileSystem, tree: string, files: readonly TreeEntry[]): string[] => {
  const expected = new Map(files.map(file => [file.path, file]));
  if (expected.size !== files.length) throw damaged('.', 'lists a file twice');
  const folders: string[] = [];
  const walk = (folder: string): void => {
    for (const child of fs.readdirSync(path.join(tree, folder), { withFileTypes: true })) {
      const relative = folder === '' ? child.name : `${folder}/${child.name}`;
      if (child.isDirectory()) walk(relative);
      else if (relative !== treeListName) {
        compareFile(fs, tree, relative, expected.get(relative));
        expected.delete(relative);
      }
    }
    folders.push(path.join(tree, folder));
  };
  walk('');
  for (const file of expected.keys()) throw damaged(file, 'is missing');
  return folders;
};
