import path from 'node:path';
import { expect, test } from 'vitest';
import type { FileSystem } from '#src/store/file-system.js';
import { assertFreeSpace } from '#src/store/free-space.js';
import { freshFolder, fs } from './fresh-store.ts';

const withFree = (bytes: number): FileSystem => ({
  ...fs,
  promises: {
    ...fs.promises,
    statfs: (async (dir: string) => ({
      ...(await fs.promises.statfs(dir)),
      bavail: bytes / 1000,
      bsize: 1000,
    })) as FileSystem['promises']['statfs'],
  },
});

test('P-07: an update needs 2.5 times its size and 200 MB, asked of the nearest folder that is there', async () => {
  const dir = path.join(freshFolder(), 'not', 'yet');
  await assertFreeSpace(withFree(450e6), dir, 100e6);
  await assertFreeSpace(withFree(200e6), dir);
  await expect(assertFreeSpace(withFree(449e6), dir, 100e6)).rejects.toMatchObject({ code: 'DISK_FULL' });
  await expect(assertFreeSpace(withFree(199e6), dir)).rejects.toMatchObject({ code: 'DISK_FULL' });
});

test('P-14: a system that does not tell its free space stops nothing', async () => {
  const statfs = async () => Promise.reject(Object.assign(new Error('ENOSYS'), { code: 'ENOSYS' }));
  await assertFreeSpace({ ...fs, promises: { ...fs.promises, statfs } }, freshFolder(), 1e15);
});
