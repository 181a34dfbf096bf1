import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as later } from 'node:timers';

/** What a second instance tells the first one. */
export type Introduction = {
  readonly argv: readonly string[];
  readonly workingDirectory: string;
  readonly additionalData: unknown;
};

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
};

const holderOf = (lock: string): number | null => {
  if (!existsSync(lock)) return null;
  const pid = Number(readFileSync(lock, 'utf8'));
  return Number.isSafeInteger(pid) && pid > 0 && isRunning(pid) ? pid : null;
};

/** Files that appear in a folder, each once. */
const collect = (folder: string, heard: (given: Introduction) => void): void => {
  const look = (): void => {
    for (const name of readdirSync(folder).filter(file => file.endsWith('.json'))) {
      const file = path.join(folder, name);
      heard(JSON.parse(readFileSync(file, 'utf8')) as Introduction);
      rmSync(file);
    }
  };
  watch(folder, { persistent: false }, look);
  later(look, 0).unref();
};

/**
 * `app.requestSingleInstanceLock` between processes: one for each folder of user data. True for the first one, which then
 * hears of the others.
 */
export const takeInstanceLock = (
  userData: string,
  additionalData: unknown,
  heard: (given: Introduction) => void,
): boolean => {
  const lock = path.join(userData, 'SingletonLock');
  const folder = path.join(userData, 'SingletonNotes');
  mkdirSync(folder, { recursive: true });
  const holder = holderOf(lock);
  if (holder !== null && holder !== process.pid) {
    const note: Introduction = { argv: process.argv, workingDirectory: process.cwd(), additionalData };
    const file = path.join(folder, String(process.pid));
    writeFileSync(file, JSON.stringify(note));
    renameSync(file, `${file}.json`);
    return false;
  }
  writeFileSync(lock, String(process.pid));
  collect(folder, heard);
  return true;
};
