import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readBadVersions } from '#src/store/bad-versions.js';
import type { FileSystem } from '#src/store/file-system.js';
import { withLock } from '#src/store/lock.js';
import { clearPointer, commitPointer, readPointer } from '#src/store/pointer.js';
import { freshStore, fs } from './fresh-store.ts';

const racer = fileURLToPath(new URL('../../../dist/test/src/store/racer.js', import.meta.url));
const holder = fileURLToPath(new URL('../../../dist/test/src/store/lock-holder.js', import.meta.url));

const race = async (root: string, version: string, rounds: number): Promise<number[]> => {
  const child = spawn(process.execPath, [racer, root, version, String(rounds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(await text(child.stdout)) as number[];
};

test('U-09: processes that commit at once count every commit, and no mark is lost', async () => {
  const layout = freshStore();
  const versions = ['1.1.0', '1.2.0', '1.3.0'];
  const seqs = await Promise.all(versions.map(version => race(layout.root, version, 20)));
  expect(seqs.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
  expect(readPointer(fs, layout)).toMatchObject({ kind: 'valid', pointer: { seq: 60 } });
  expect(readBadVersions(fs, layout).map(({ version }) => version)).toEqual(versions);
  expect(readdirSync(layout.root).sort()).toEqual(['bad-versions.json', 'current.json']);
});

describe('without the lock', () => {
  /** Somebody else gets in right before the flush of our temporary file, as often as there are steps. */
  const contested = (steps: (() => void)[]): FileSystem => {
    const open: FileSystem['promises']['open'] = async (file, flags) => {
      if (flags === 'wx') steps.shift()?.();
      return fs.promises.open(file, flags);
    };
    return { ...fs, promises: { ...fs.promises, open } };
  };

  test('P-32: a pointer that moved between reading and renaming is read again', async () => {
    const layout = freshStore();
    const other = (seq: number) => () =>
      fs.writeFileSync(layout.current, JSON.stringify({ schema: 1, version: '1.5.0', seq, tree: null }));
    const port = contested([other(7), other(8)]);
    expect(await commitPointer(port, layout, { version: '1.6.0', tree: null })).toMatchObject({
      seq: 9,
      previous: '1.5.0',
    });
  });

  test('P-32: a pointer to another version is not cleared when it takes the place of ours', async () => {
    const layout = freshStore();
    await commitPointer(fs, layout, { version: '1.1.0', tree: null });
    let first = true;
    const port: FileSystem = {
      ...fs,
      unlinkSync: file => {
        if (!first) return fs.unlinkSync(file);
        first = false;
        fs.writeFileSync(layout.current, '{"version":"1.2.0"}');
        throw Object.assign(new Error('EBUSY'), { code: 'EBUSY' });
      },
    };
    expect(await clearPointer(port, layout, { version: '1.1.0' })).toBe(false);
    expect(readPointer(fs, layout)).toMatchObject({ pointer: { version: '1.2.0' } });
  });

  test('P-32: a pointer that never stands still ends as a busy store', async () => {
    const layout = freshStore();
    let seq = 0;
    const steps = Array.from({ length: 100 }, () => () => {
      seq += 1;
      fs.writeFileSync(layout.current, JSON.stringify({ version: '1.5.0', seq }));
    });
    const commit = commitPointer(contested(steps), layout, { version: '1.6.0', tree: null });
    await expect(commit).rejects.toMatchObject({ code: 'STORE_BUSY' });
    expect(readdirSync(layout.root)).toEqual(['current.json']);
  });
});

describe('the lock', () => {
  const heldBy = async (root: string) => {
    const child = spawn(process.execPath, [holder, root], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    return child;
  };

  test('P-33: work under one name takes turns, in one process too', async () => {
    const layout = freshStore();
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise(resolve => setImmediate(resolve));
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 5 }, () => withLock(layout, 'turns', work)));
    expect(most).toBe(1);
  });

  test('P-33: a killed holder blocks nobody', async () => {
    const layout = freshStore();
    const child = await heldBy(layout.root);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const start = performance.now();
    expect(await withLock(layout, 'held', async () => 'done')).toBe('done');
    expect(performance.now() - start).toBeLessThan(900);
  });

  test('P-33: a sleeping holder is waited for one second and then passed by', async () => {
    const layout = freshStore();
    const child = await heldBy(layout.root);
    child.kill('SIGSTOP');
    const start = performance.now();
    expect(await withLock(layout, 'held', async () => 'done')).toBe('done');
    const waited = performance.now() - start;
    child.kill('SIGKILL');
    expect(waited).toBeGreaterThan(900);
    expect(waited).toBeLessThan(3000);
  });

  test('P-33: work that fails gives the lock back', async () => {
    const layout = freshStore();
    await expect(withLock(layout, 'x', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(layout, 'x', async () => 1)).toBe(1);
  });
});
