import { accessSync, constants, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

const memory = '/dev/shm';

const mayUse = (dir: string): boolean => {
  try {
    accessSync(dir, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/** A folder of its own for one test, in memory where the system has such a place: for proofs that make many thousand files. */
export const memoryFolder = (name = 'stagedoor'): string => {
  const above = process.platform === 'linux' && mayUse(memory) ? memory : tmpdir();
  const folder = realpathSync(mkdtempSync(path.join(above, `${name}-`)));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
};
