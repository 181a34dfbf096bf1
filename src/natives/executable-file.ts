import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** An executable as it is called and as it lies on disk. */
export type ExecutableFile = {
  /** What is started: a link by its own name, because a venv's Python and a multi-call program tell by it who they are. */
  readonly called: string;
  /** Links followed. */
  readonly real: string;
};

/** On Windows a name without an ending means the program of that name. */
const endings = (exec: string): readonly string[] =>
  process.platform === 'win32' && path.extname(exec) === '' ? ['.exe'] : [''];

const isFile = (place: string): boolean => fs.statSync(place, { throwIfNoEntry: false })?.isFile() === true;

/** What may not be executed is not what a shell would find. */
const isExecutable = (place: string): boolean => {
  try {
    fs.accessSync(place, fs.constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The file that a name (looked for on PATH) or a path means; null if there is none that may be executed. */
export const locateExecutable = (exec: string): ExecutableFile | null => {
  if (exec === '' || exec.includes('\0')) return null;
  const bare = path.basename(exec) === exec;
  const folders = bare
    ? (process.env.PATH ?? '').split(path.delimiter).filter(folder => folder !== '')
    : [''];
  const places = folders.flatMap(folder =>
    endings(exec).map(ending => path.resolve(folder, `${exec}${ending}`)),
  );
  const called = places.find(place => isFile(place) && isExecutable(place));
  if (called === undefined) return null;
  return { called, real: fs.realpathSync(called) };
};

/** Of place, size and time: names this very file without telling where it is (P-16). */
export const markOf = ({ real }: ExecutableFile): string => {
  const { size, mtimeMs } = fs.statSync(real);
  return createHash('sha256').update(`${real}\n${size}\n${mtimeMs}`).digest('hex');
};
