import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

const run = (program: string, args: readonly string[]): string | null => {
  const { status, error, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status === 0) return null;
  return error?.message ?? stderr.trim();
};

const unmount = (dir: string): void => void run('umount', ['-l', dir]);

/** Why a file system in memory can't be mounted here; null: it can. */
export const whyNotMountable = (): string | null => {
  if (process.platform !== 'linux') return `${process.platform} has no tmpfs`;
  const dir = mkdtempSync(path.join(tmpdir(), 'stagedoor-mount-'));
  const problem = run('mount', ['-t', 'tmpfs', 'none', dir]);
  if (problem === null) unmount(dir);
  rmSync(dir, { recursive: true });
  return problem;
};

/** A file system in memory at a folder, until the test has ended, however it ends. */
export const mountMemory = (dir: string, options = 'size=400m'): string => {
  mkdirSync(dir, { recursive: true });
  const problem = run('mount', ['-t', 'tmpfs', '-o', options, 'none', dir]);
  if (problem !== null) throw new Error(`tmpfs at ${dir}: ${problem}`);
  onTestFinished(() => unmount(dir));
  return dir;
};

/** The same mount with other options: `ro`, `rw`. */
export const remount = (dir: string, options: string): void => {
  const problem = run('mount', ['-o', `remount,${options}`, dir]);
  if (problem !== null) throw new Error(`${options} of ${dir}: ${problem}`);
};
