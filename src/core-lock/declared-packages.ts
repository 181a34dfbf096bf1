import path from 'node:path';
import { hasErrno, StagedoorError } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';
import { asRecord } from '../store/json-shape.ts';
import { bounds } from './bounds.ts';
import type { LockedPackage } from './core-lock.ts';
import { isInside } from './inside.ts';
import { readJoinedList } from './joined-packages.ts';
import { isPlace } from './naming.ts';

const wrong = (reason: string): StagedoorError =>
  new StagedoorError('PACKAGE_INVALID', `"stagedoor.joined" in the package.json ${reason}`, {
    hint: 'It is the path of a JSON list of {name, version} inside of the package, like "joined.json".',
  });

/** Where it really lies; a link that leads out of the package would lock what is not in it. */
const placeIn = (fs: FileSystem, root: string, declared: string): string => {
  try {
    const file = fs.realpathSync(path.join(root, declared));
    if (isInside(root, file)) return file;
  } catch (error) {
    if (!hasErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) throw error;
    throw wrong(`names ${declared}, which is not there`);
  }
  throw wrong(`names ${declared}, which leads out of the package`);
};

/**
 * The packages that a runtime says are joined into its files: `"stagedoor": {"joined": "joined.json"}` in its own `package.json`
 * (`ownWords` is that record) names a list. Only a list: of a metafile nobody could tell the versions where the runtime is
 * installed, for what it names lay where it was built.
 */
export const declaredPackages = (
  fs: FileSystem,
  root: string,
  ownWords: unknown,
): readonly LockedPackage[] => {
  const declared = asRecord(ownWords)?.joined;
  if (declared === undefined) return [];
  const file = typeof declared === 'string' ? declared.replace(/^\.\//, '') : declared;
  if (!isPlace(file) || file === '.') throw wrong('is no path inside of the package');
  return readJoinedList(fs, placeIn(fs, root, file), bounds.joined);
};
