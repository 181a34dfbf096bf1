import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type FileSystem, nodeFileSystem } from '#src/store/file-system.js';
import { removePin, writePin } from '#src/store/pin.js';
import { type FileOperation, interceptFileSystem } from '#src/testing/index.js';
import { collectGarbage } from '#src/upkeep/gc.js';
import { freshFolder, newWorld, runtime } from '../staging/staging-world.ts';

/** A port that writes down what passes. */
const recording = (): { fs: FileSystem; operations: FileOperation[]; calls: () => string[] } => {
  const operations: FileOperation[] = [];
  const fs = interceptFileSystem(nodeFileSystem, (operation, proceed) => {
    operations.push({ ...operation, data: operation.data && Buffer.from(operation.data) });
    return proceed();
  });
  return {
    fs,
    operations,
    calls: () => operations.map(({ call, path: place }) => `${call} ${path.basename(place)}`),
  };
};

const filesIn = (dir: string): string[] =>
  existsSync(dir) ? readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort() : [];

/** The names that the operations alone have left, relative to a folder. */
const namesLeft = (operations: readonly FileOperation[], root: string): string[] => {
  const names = new Set<string>();
  for (const { call, path: place, to } of operations) {
    if (call === 'mkdir' || call === 'open') names.add(place);
    if (call === 'unlink' || call === 'rmdir') names.delete(place);
    if (call !== 'rename' || to === undefined) continue;
    for (const name of [...names].filter(one => one === place || one.startsWith(place + path.sep))) {
      names.delete(name);
      names.add(to + name.slice(place.length));
    }
  }
  const inside = [...names].filter(name => name.startsWith(root + path.sep));
  return inside.map(name => path.relative(root, name)).sort((a, b) => (a < b ? -1 : 1));
};

describe('a whole life of a store', () => {
  test('P-01: every name in the store but those of the cache comes from an operation of the port', async () => {
    const { fs, operations } = recording();
    const world = await newWorld();
    const seen = world.with({}, fs);
    for (const version of ['1.1.0', '1.2.0']) {
      world.registry.publish(runtime(version));
      await seen.stage();
    }
    await writePin(fs, world.layout, '1.2.0');
    await removePin(fs, world.layout);
    await collectGarbage(fs, world.layout, { bundledDir: null });
    const there = filesIn(world.root).filter(name => !name.startsWith('cache'));
    expect(there).toContain('versions/1.2.0/lib/deep/module.js');
    expect(there).not.toContain('versions/1.1.0');
    expect(namesLeft(operations, world.root).filter(name => !name.startsWith('cache'))).toEqual(there);
    expect(operations.map(({ index }) => index)).toEqual(operations.map((_, at) => at + 1));
  });
});

describe('what a call becomes', () => {
  test('all forms of a call have one name, and a descriptor knows its file after a rename', async () => {
    const { fs, operations } = recording();
    const [file, other] = [path.join(freshFolder(), 'a'), path.join(freshFolder(), 'b')];
    const descriptor = fs.openSync(file, 'w');
    fs.renameSync(file, other);
    fs.fsyncSync(descriptor);
    await promisify(fs.fsync)(descriptor);
    fs.closeSync(descriptor);
    const handle = await fs.promises.open(other, 'r+');
    await handle.sync();
    await handle.close();
    const flushes = operations.filter(({ call }) => call === 'fsync');
    expect(flushes.map(flush => flush.path)).toEqual([other, other, other]);
    expect(flushes.map(({ style }) => style)).toEqual(['sync', 'async', 'async']);
    expect(operations.filter(({ mutates }) => mutates).map(({ call }) => call)).toEqual(['open', 'rename']);
  });

  test('the form of the system of a real path is the same operation', async () => {
    const { fs, operations } = recording();
    const folder = freshFolder();
    const places = [
      fs.realpathSync(folder),
      fs.realpathSync.native(folder),
      await promisify(fs.realpath)(folder),
      await promisify(fs.realpath.native)(folder),
      await fs.promises.realpath(folder),
    ];
    expect(new Set(places)).toEqual(new Set([nodeFileSystem.realpathSync(folder)]));
    expect(operations.map(({ call, path: place }) => [call, place])).toEqual(
      places.map(() => ['realpath', folder]),
    );
  });

  test('a write tells its bytes and its place, whatever its form', async () => {
    const { fs, operations } = recording();
    const file = path.join(freshFolder(), 'a');
    const descriptor = fs.openSync(file, 'w+');
    fs.writeSync(descriptor, Buffer.from('xabx'), 1, 2);
    fs.writeSync(descriptor, 'cd', 2);
    await promisify(fs.write)(descriptor, Buffer.from('ef'), 0, 2, 4);
    fs.closeSync(descriptor);
    const handle = await fs.promises.open(file, 'a');
    expect(await handle.write(Buffer.from('gh'))).toMatchObject({ bytesWritten: 2 });
    await handle.writeFile('ij');
    await handle.close();
    const writes = operations.filter(({ call }) => call === 'write');
    expect(writes.map(({ data, position }) => [data?.toString(), position])).toEqual([
      ['ab', null],
      ['cd', 2],
      ['ef', 4],
      ['gh', null],
      ['ij', null],
    ]);
    expect(readFileSync(file, 'utf8')).toBe('abcdefghij');
  });

  test.each(['sync', 'async'] as const)(
    'what is many calls of the system arrives as those (%s)',
    async style => {
      const { fs, calls } = recording();
      const dir = freshFolder();
      const deep = path.join(dir, 'a', 'b');
      const file = path.join(deep, 'f');
      if (style === 'sync') {
        expect(fs.mkdirSync(deep, { recursive: true })).toBe(path.join(dir, 'a'));
        fs.writeFileSync(file, 'text', { mode: 0o600 });
        fs.appendFileSync(file, '+');
        fs.copyFileSync(file, path.join(dir, 'a', 'g'));
        fs.rmSync(path.join(dir, 'a'), { recursive: true });
        fs.rmSync(path.join(dir, 'a'), { force: true });
      } else {
        expect(await fs.promises.mkdir(deep, { recursive: true })).toBe(path.join(dir, 'a'));
        await fs.promises.writeFile(file, 'text', { mode: 0o600 });
        await fs.promises.appendFile(file, '+');
        await fs.promises.copyFile(file, path.join(dir, 'a', 'g'));
        await fs.promises.rm(path.join(dir, 'a'), { recursive: true });
        await fs.promises.rm(path.join(dir, 'a'), { force: true });
      }
      expect(readdirSync(dir)).toEqual([]);
      expect(calls().join(', ')).toBe(
        'mkdir b, mkdir a, mkdir b, open f, write f, close f, open f, write f, close f, ' +
          'stat f, readFile f, open g, write g, close g, ' +
          'lstat a, readdir a, lstat b, readdir b, lstat f, unlink f, rmdir b, lstat g, unlink g, rmdir a, lstat a',
      );
    },
  );

  test('a folder that is there is no fault of a recursive mkdir, a file is, as on the real disk', () => {
    const { fs } = recording();
    const dir = freshFolder();
    expect(fs.mkdirSync(dir, { recursive: true })).toBeUndefined();
    writeFileSync(path.join(dir, 'f'), '');
    for (const place of ['f', 'f/g']) {
      const code = (one: FileSystem): unknown => {
        try {
          return one.mkdirSync(path.join(dir, place), { recursive: true });
        } catch (error) {
          return error instanceof Error && 'code' in error && error.code;
        }
      };
      expect(code(fs)).toBe(code(nodeFileSystem));
    }
    expect(() => fs.rmSync(dir)).toThrow(expect.objectContaining({ code: 'ERR_FS_EISDIR' }));
    expect(() => fs.rmSync(path.join(dir, 'gone'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });

  test('a stream is opened, read and closed through the port', async () => {
    const { fs, calls } = recording();
    const file = path.join(freshFolder(), 'f');
    writeFileSync(file, 'content');
    let text = '';
    for await (const chunk of fs.createReadStream(file, 'utf8')) text += String(chunk);
    expect(text).toBe('content');
    expect(calls()).toEqual(['open f', 'read f', 'read f', 'close f']);
  });
});

describe('what stands in between', () => {
  test('an interceptor may refuse an operation in each form, and write other bytes', async () => {
    const dir = freshFolder();
    const file = path.join(dir, 'f');
    const fs = interceptFileSystem(nodeFileSystem, ({ call, data }, proceed) => {
      if (call === 'fsync') throw new Error('refused');
      return call === 'write' ? proceed(data?.subarray(0, 2)) : proceed();
    });
    const descriptor = fs.openSync(file, 'w');
    expect(fs.writeSync(descriptor, 'abcd')).toBe(2);
    expect(() => fs.fsyncSync(descriptor)).toThrow('refused');
    await expect(promisify(fs.fsync)(descriptor)).rejects.toThrow('refused');
    fs.closeSync(descriptor);
    expect(readFileSync(file, 'utf8')).toBe('ab');
    const handle = await fs.promises.open(file, 'r+');
    await expect(handle.sync()).rejects.toThrow('refused');
    await handle.close();
  });

  test('a call that is not known refuses instead of passing by, constants stay', async () => {
    const { fs } = recording();
    const dir = freshFolder();
    mkdirSync(path.join(dir, 'a'));
    expect(() => fs.cpSync(dir, `${dir}2`, { recursive: true })).toThrow(/does not know fs\.cpSync/);
    expect(() => fs.promises.cp(dir, `${dir}2`)).toThrow(/does not know fs\.promises\.cp/);
    const handle = await fs.promises.open(path.join(dir, 'f'), 'w');
    expect(() => handle.chown(0, 0)).toThrow(/does not know FileHandle\.chown/);
    await handle.close();
    expect(fs.constants.W_OK).toBe(nodeFileSystem.constants.W_OK);
    expect(statSync(dir)).toBeInstanceOf(fs.Stats);
  });
});
