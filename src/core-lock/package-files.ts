import path from 'node:path';
import { diskFailure, hasErrno } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';

const mostEntries = 20_000;
const deepest = 64;

/**
 * The files of a package as `./a/b.js`, without those of packages inside it; null where there are more than anybody should
 * list. Links to folders are not followed.
 */
export const packageFiles = (fs: FileSystem, dir: string): readonly string[] | null => {
  const files: string[] = [];
  let left = mostEntries;
  const enter = (below: string, depth: number): boolean => {
    for (const entry of entriesOf(fs, path.join(dir, below))) {
      left -= 1;
      if (left < 0 || depth > deepest) return false;
      const inside = `${below}/${entry.name}`;
      if (!entry.isDirectory()) files.push(inside);
      else if (entry.name !== 'node_modules' && !enter(inside, depth + 1)) return false;
    }
    return true;
  };
  return enter('.', 0) ? files : null;
};

const entriesOf = (fs: FileSystem, dir: string) => {
  try {
    return fs.readdirSync(dir, { withFileTypes: true });
  } catch (error) {
    if (hasErrno(error, 'ENOENT', 'ENOTDIR', 'ENAMETOOLONG')) return [];
    throw diskFailure(error, `read the folder ${path.basename(dir)}`);
  }
};
