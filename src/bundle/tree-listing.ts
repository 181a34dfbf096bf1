import path from 'node:path';
import type { FileSystem } from '../store/file-system.ts';
import { filesBelow } from '../store/folder.ts';
import { treeListName } from '../store/layout.ts';
import { hashFile } from '../store/tree-check.ts';
import { serializeTreeList, type TreeEntry, type TreeList } from '../store/tree-list.ts';

/** Lists a finished tree with the hash of every file and writes the list into it. */
export const writeTreeList = async (
  fs: FileSystem,
  tree: string,
  head: Omit<TreeList, 'schema' | 'files'>,
): Promise<readonly TreeEntry[]> => {
  const files: TreeEntry[] = [];
  for await (const { path: file } of filesBelow(fs, tree)) {
    if (file === treeListName) continue;
    const place = path.join(tree, file);
    const { size, mode, mtimeMs } = fs.lstatSync(place);
    const sha256 = await hashFile(fs, place, size);
    files.push({ path: file, size, mode: mode & 0o7777, sha256, mtimeMs: Math.trunc(mtimeMs) });
  }
  const text = serializeTreeList({ schema: 1, ...head, files });
  await fs.promises.writeFile(path.join(tree, treeListName), text);
  return files;
};
