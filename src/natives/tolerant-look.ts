import { errnoOf } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';

/** What is looked for, or null where the system refuses; anything else that is thrown is a defect. */
export const orNull = <Value>(look: () => Value): Value | null => {
  try {
    return look();
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return null;
  }
};

/** Links followed. */
export const isFile = (fs: FileSystem, place: string): boolean =>
  orNull(() => fs.statSync(place, { throwIfNoEntry: false })?.isFile()) === true;

/** Links followed. */
export const isFolder = (fs: FileSystem, place: string): boolean =>
  orNull(() => fs.statSync(place, { throwIfNoEntry: false })?.isDirectory()) === true;
