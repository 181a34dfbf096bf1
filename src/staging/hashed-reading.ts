import { hash } from 'node:crypto';
import path from 'node:path';
import { StagedoorError } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';
import type { TreeEntry } from '../store/tree-list.ts';

/**
 * The same file system, on which a file of a staged tree reads as it was unpacked or not at all: what is made of bytes that the disk
 * has damaged since would be wrong for as long as the version is used (P-09). That is no fault of the package (P-26).
 */
export const asUnpacked = (fs: FileSystem, tree: string, files: readonly TreeEntry[]): FileSystem => {
  const hashes = new Map(files.map(file => [path.join(tree, file.path), file]));
  const readFileSync = (file: string, encoding?: BufferEncoding | null): Buffer | string => {
    const bytes = fs.readFileSync(file);
    const entry = hashes.get(file);
    if (entry !== undefined && hash('sha256', bytes) !== entry.sha256)
      throw new StagedoorError('TREE_DAMAGED', `the staged ${entry.path} is not the one that was unpacked`);
    return encoding == null ? bytes : bytes.toString(encoding);
  };
  return { ...fs, readFileSync } as FileSystem;
};
