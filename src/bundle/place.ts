import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { FileSystem } from '../store/file-system.ts';
import { namesIn } from '../store/folder.ts';
import { asRecord, readValue } from '../store/json-shape.ts';
import { treeListName } from '../store/layout.ts';
import { BundleMistake } from './mistake.ts';

/** Only an empty folder or an earlier bundle of the same package is replaced: never a folder that holds other things. */
export const assertReplaceable = (fs: FileSystem, dir: string, packageName: string): void => {
  const stats = fs.statSync(dir, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (!stats.isDirectory())
    throw new BundleMistake(`is not a folder: ${dir}`, 'Name a folder that is empty or new.');
  const names = namesIn(fs, dir);
  if (names.length === 0 || names.includes(treeListName)) return;
  if (asRecord(readValue(fs, path.join(dir, 'package.json')))?.name === packageName) return;
  throw new BundleMistake(
    `holds other files: ${dir}`,
    `Name a folder that is empty, new, or an earlier bundle of ${packageName}: it is replaced as a whole.`,
  );
};

/** A folder on the bundle's disk, beside it or in `place`, where everything is made before it counts. */
export const makeWorkFolder = async (
  fs: FileSystem,
  dir: string,
  place: string = path.dirname(dir),
): Promise<string> => {
  await fs.promises.mkdir(path.dirname(dir), { recursive: true });
  const name = `.${path.basename(dir)}.stagedoor-${randomBytes(6).toString('hex')}`;
  const work = path.join(place, name);
  await fs.promises.mkdir(work);
  return work;
};

/** Puts the finished tree in the place of the bundle; if that fails, what was there before is there again. */
export const replaceFolder = async (
  fs: FileSystem,
  tree: string,
  dir: string,
  work: string,
): Promise<void> => {
  const former = path.join(work, 'former');
  const wasThere = fs.existsSync(dir);
  if (wasThere) await fs.promises.rename(dir, former);
  try {
    await fs.promises.rename(tree, dir);
  } catch (error) {
    if (wasThere) await fs.promises.rename(former, dir);
    throw error;
  }
};
