import {
  copyFileSync,
  type Dirent,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
} from 'node:fs';
import path from 'node:path';

const copyEntry = (entry: Dirent, from: string, to: string): void => {
  if (entry.isDirectory()) copyTree(from, to);
  else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(from), to);
  else {
    copyFileSync(from, to);
    const { atime, mtime } = lstatSync(from);
    utimesSync(to, atime, mtime);
  }
};

/**
 * A folder with all that is in it, times of files included, as the tree lists name them; into an empty folder or a new one.
 * For copies by the thousand: `cpSync` looks at every folder above each entry, and `rmSync` tries everything as a folder.
 */
export const copyTree = (from: string, to: string): void => {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true }))
    copyEntry(entry, path.join(from, entry.name), path.join(to, entry.name));
};

/** Removes a folder that is there. */
export const removeTree = (dir: string): void => {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const place = path.join(dir, entry.name);
    if (entry.isDirectory()) removeTree(place);
    else unlinkSync(place);
  }
  rmdirSync(dir);
};
