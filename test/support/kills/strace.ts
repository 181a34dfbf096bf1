import { spawnSync } from 'node:child_process';

/** Why system calls can't be watched or hit here; null if they can. */
export const withoutStrace = (): string | null => {
  if (process.platform !== 'linux') return 'strace is there on Linux only';
  const { status } = spawnSync('strace', ['-qq', '-f', '-o', '/dev/null', process.execPath, '-e', '0']);
  return status === 0 ? null : 'strace is not installed or may not trace here';
};
