import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ensureFolder, removeDurably, withBusyRetry, writeDurably } from '#src/store/durable-file.js';
import type { FileSystem } from '#src/store/file-system.js';
import { commitPointer, readPointer } from '#src/store/pointer.js';
import { interceptFileSystem } from '#src/testing/index.js';
import { freshFolder, freshStore, fs, put } from './fresh-store.ts';

const fault = (code: string): Error => Object.assign(new Error(`${code}: injected`), { code });

/** Every call that a durable write makes, in order; the one numbered `failAt` fails. */
const watched = (failAt = -1, code = 'EIO'): { fs: FileSystem; calls: string[] } => {
  const calls: string[] = [];
  const note = (call: string): void => {
    calls.push(call);
    if (calls.length - 1 === failAt) throw fault(code);
  };
  const open: FileSystem['promises']['open'] = async (file, flags) => {
    const kind = flags === 'r' ? 'folder' : 'file';
    note(`open ${kind}`);
    const handle = await fs.promises.open(file, flags);
    return new Proxy(handle, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          if (name !== 'close') note(`${String(name)} ${kind}`);
          return Reflect.apply(value, target, args) as unknown;
        };
      },
    });
  };
  const renameSync: FileSystem['renameSync'] = (from, to) => {
    note('rename');
    fs.renameSync(from, to);
  };
  return { fs: { ...fs, renameSync, promises: { ...fs.promises, open } }, calls };
};

test('S-02: temporary file, flush, rename, flush of the folder, in this order', async () => {
  const dir = freshFolder();
  const { fs: port, calls } = watched();
  await writeDurably(port, path.join(dir, 'a.json'), 'new');
  expect(calls).toEqual(['open file', 'writeFile file', 'sync file', 'rename', 'open folder', 'sync folder']);
});

test('P-02: every folder that is made for a file is flushed into the one above it', async () => {
  const dir = freshFolder();
  const flushed: string[] = [];
  const port = interceptFileSystem(fs, ({ call, path: place }, proceed) => {
    if (call === 'fsync') flushed.push(path.relative(dir, place));
    return proceed();
  });
  await ensureFolder(port, path.join(dir, 'a', 'b', 'c'));
  expect(new Set(flushed)).toEqual(new Set(['', 'a', path.join('a', 'b')]));
  flushed.length = 0;
  await ensureFolder(port, path.join(dir, 'a', 'b', 'c'));
  expect(flushed).toEqual([]);
});

test('S-02: a fault at any step leaves the old content or the new one, and no temporary file', async () => {
  for (let step = 0; step < 6; step += 1) {
    const file = path.join(freshFolder(), 'a.json');
    put(file, 'old');
    const { fs: port } = watched(step);
    await expect(writeDurably(port, file, 'new')).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
    expect(readFileSync(file, 'utf8')).toBe(step < 4 ? 'old' : 'new');
    expect(readdirSync(path.dirname(file))).toEqual(['a.json']);
  }
});

test('P-07: a full disk is named and leaves the pointer as it was', async () => {
  const layout = freshStore();
  await commitPointer(fs, layout, { version: '1.1.0', tree: null });
  const { fs: port } = watched(1, 'ENOSPC');
  const commit = commitPointer(port, layout, { version: '1.2.0', tree: null });
  await expect(commit).rejects.toMatchObject({ code: 'DISK_FULL' });
  expect(readPointer(fs, layout)).toMatchObject({ pointer: { version: '1.1.0' } });
});

describe('handles of other programs', () => {
  const busy = (times: number, code: string): FileSystem => {
    let left = times;
    const trip = (): void => {
      left -= 1;
      if (left >= 0) throw fault(code);
    };
    return {
      ...fs,
      renameSync: (from, to) => {
        trip();
        fs.renameSync(from, to);
      },
      unlinkSync: file => {
        trip();
        fs.unlinkSync(file);
      },
    };
  };

  test.each(['EPERM', 'EBUSY', 'EACCES'])('P-11: %s over an existing target is waited out', async code => {
    const file = path.join(freshFolder(), 'a.json');
    put(file, 'old');
    await writeDurably(busy(3, code), file, 'new');
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(await removeDurably(busy(3, code), file)).toBe(true);
  });

  test('P-11: another error is not repeated', async () => {
    const file = path.join(freshFolder(), 'a.json');
    await expect(writeDurably(busy(1, 'EIO'), file, 'new')).rejects.toMatchObject({
      code: 'STORE_UNREADABLE',
    });
  });

  test('P-11: the last error is given after the limit', async () => {
    let calls = 0;
    const work = (): never => {
      calls += 1;
      throw fault('EBUSY');
    };
    await expect(withBusyRetry(work, { limitMs: 50 })).rejects.toMatchObject({ code: 'EBUSY' });
    expect(calls).toBeGreaterThan(1);
  });

  test('P-11: missing rights on the folder are not waited for', async () => {
    const file = path.join(freshFolder(), 'a.json');
    put(file, 'old');
    const port: FileSystem = {
      ...busy(1000, 'EACCES'),
      accessSync: () => {
        throw fault('EACCES');
      },
    };
    await expect(removeDurably(port, file)).rejects.toMatchObject({ code: 'DISK_DENIED' });
  });

  test('P-11: a folder in the place of the file is not waited for', async () => {
    const file = path.join(freshFolder(), 'a.json');
    put(path.join(file, 'inside'), 'x');
    await expect(writeDurably(busy(1000, 'EPERM'), file, 'new')).rejects.toMatchObject({
      code: 'DISK_DENIED',
    });
    await expect(removeDurably(busy(1000, 'EPERM'), file)).rejects.toMatchObject({ code: 'DISK_DENIED' });
    expect(readdirSync(path.dirname(file))).toEqual(['a.json']);
  });

  test('C-03: after the signal nothing is renamed any more', async () => {
    const file = path.join(freshFolder(), 'a.json');
    await expect(writeDurably(fs, file, 'new', AbortSignal.abort())).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(readdirSync(path.dirname(file))).toEqual([]);
  });

  test('C-03: waiting ends with the signal, and the file is as it was', async () => {
    const file = path.join(freshFolder(), 'a.json');
    put(file, 'old');
    const stop = new AbortController();
    const port: FileSystem = {
      ...fs,
      renameSync: () => {
        queueMicrotask(() => stop.abort());
        throw fault('EBUSY');
      },
    };
    await expect(writeDurably(port, file, 'new', stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(path.dirname(file))).toEqual(['a.json']);
  });
});
