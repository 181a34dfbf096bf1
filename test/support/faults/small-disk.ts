import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** A disk of its own of so many KiB, which goes with the test; null, with a printed reason, where none can be had. */
export const smallDisk = (kibibytes: number): string | null => {
  const dir = realpathSync(mkdtempSync(path.join(tmpdir(), 'stagedoor-disk-')));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', dir]);
  onTestFinished(() => {
    if (mounted.status === 0) spawnSync('umount', ['-l', dir]);
    rmSync(dir, { recursive: true, force: true });
  });
  if (mounted.status === 0) return dir;
  console.log('skipped: a disk of two megabytes, which needs mount and the right to use it');
  return null;
};
