import type { FileSystem } from './file-system.ts';

/** The place is taken: no reason to wait, but to look at who took it. */
export class Contested extends Error {}

/** Is anything there, a link included? */
export const isThere = (fs: FileSystem, place: string): boolean =>
  fs.lstatSync(place, { throwIfNoEntry: false }) !== undefined;

/** Renames a finished folder into its place; `Contested` where something has come there first. */
export const renameInto = (fs: FileSystem, source: string, target: string): void => {
  try {
    fs.renameSync(source, target);
  } catch (error) {
    const taken = isThere(fs, source) && isThere(fs, target);
    throw taken ? new Contested('taken', { cause: error }) : error;
  }
};
