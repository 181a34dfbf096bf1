import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const sharedMemory = '/dev/shm';
/** `TMPFS_MAGIC` of Linux. */
const tmpfs = 0x01021994;

const isTmpfs = (folder: string): boolean => existsSync(folder) && statfsSync(folder).type === tmpfs;

/** Where the bench writes. What a disk costs is not what is compared, so it is memory where there is some. */
export type Scratch = {
  readonly kind: 'tmpfs' | 'temporary folder';
  /** A new empty folder. */
  readonly folder: () => string;
  readonly remove: (folder: string) => void;
  readonly close: () => void;
};

export const openScratch = (): Scratch => {
  const onTmpfs = isTmpfs(sharedMemory);
  const root = realpathSync(mkdtempSync(path.join(onTmpfs ? sharedMemory : tmpdir(), 'stagedoor-bench-')));
  const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  let folders = 0;
  const close = (): void => remove(root);
  process.once('exit', close);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  return {
    kind: onTmpfs ? 'tmpfs' : 'temporary folder',
    folder: () => {
      folders += 1;
      const folder = path.join(root, String(folders));
      mkdirSync(folder);
      return folder;
    },
    remove,
    close,
  };
};
