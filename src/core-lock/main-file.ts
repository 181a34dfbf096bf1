import path from 'node:path';
import { errnoOf, StagedoorError } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';

const endings = ['', '.js', '.json', '.node', '/index.js', '/index.json', '/index.node'] as const;

const isFile = (fs: FileSystem, file: string): boolean => {
  try {
    return fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true;
  } catch (error) {
    // What can't even be looked at is loaded by nobody.
    if (error instanceof StagedoorError || errnoOf(error) === undefined) throw error;
    return false;
  }
};

/** Does a package without `exports` load under its bare name? As `require` looks for it: `main`, then `index`. */
export const hasMainFile = (fs: FileSystem, dir: string, main: unknown): boolean => {
  const named = typeof main === 'string' && !main.includes('\0') ? endings.map(end => `${main}${end}`) : [];
  const candidates = [...named, 'index.js', 'index.json', 'index.node'];
  return candidates.some(candidate => isFile(fs, path.join(dir, candidate)));
};
