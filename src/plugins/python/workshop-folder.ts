import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { errnoOf } from '../../failure.ts';
import { isAlive, ownToken } from '../../process/identity.ts';
import { ownedName, ownerOf } from '../../store/layout.ts';

const prefix = 'stagedoor-plugin-';

const isAbandoned = (parent: string, name: string): boolean => {
  const owner = name.startsWith(prefix) ? ownerOf(name.slice(prefix.length)) : null;
  if (owner === null || isAlive(owner)) return false;
  return fs.lstatSync(path.join(parent, name), { throwIfNoEntry: false })?.isDirectory() === true;
};

/**
 * Removes temporary folders of resolutions whose process is gone: one that was killed between two steps had nobody else to do it. What
 * the system does not let go of, as that of another user, stays.
 */
export const sweepWorkshops = (parent: string = os.tmpdir()): void => {
  try {
    for (const name of fs.readdirSync(parent)) {
      if (isAbandoned(parent, name)) fs.rmSync(path.join(parent, name), { recursive: true, force: true });
    }
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
  }
};

/** A temporary folder for one resolution, gone afterwards; its name says whose it is. */
export const inWorkshop = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
  sweepWorkshops();
  const folder = path.join(os.tmpdir(), `${prefix}${ownedName(ownToken())}`);
  fs.mkdirSync(folder, { mode: 0o700 });
  try {
    return await work(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
};
