import { symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { treeListName } from '#src/store/layout.js';
import { checkTree } from '#src/store/tree-check.js';
import { parseTreeList, readTreeList, serializeTreeList, treeDigest } from '#src/store/tree-list.js';
import { faultyFileSystem } from '#src/testing/index.js';
import { freshStore, fs, put, putVersion } from './fresh-store.ts';

const depths = ['launch', 'full'] as const;

const staged = (): { dir: string; expectedTree: string } => {
  const layout = freshStore();
  return { expectedTree: putVersion(layout, '1.1.0'), dir: layout.version('1.1.0') };
};

/** Other bytes of the same length and time: only a hash can tell. */
const flip = (file: string): void => {
  const { atime, mtime } = fs.statSync(file);
  const bytes = fs.readFileSync(file);
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  utimesSync(file, atime, mtime);
};

test.each(depths)('P-09: an untouched tree passes at depth %s', async depth => {
  const { dir, expectedTree } = staged();
  expect(await checkTree(fs, dir, { expectedTree, depth })).toMatchObject({
    ok: true,
    list: { version: '1.1.0' },
  });
});

test('P-09: a second look condemns: a trouble of the disk that passes is no damage', async () => {
  const { dir, expectedTree } = staged();
  const { operations, fs: counted } = faultyFileSystem();
  expect(await checkTree(counted, dir, { expectedTree, depth: 'full' })).toMatchObject({ ok: true });
  for (const { index } of operations) {
    const { fs: faulty, failAt, met } = faultyFileSystem();
    failAt(index, 'EIO');
    expect(await checkTree(faulty, dir, { expectedTree, depth: 'full' })).toMatchObject({ ok: true });
    expect(met()).toBe(true);
  }
});

test('P-26: a process that is out of descriptors says nothing about a tree', async () => {
  const { dir, expectedTree } = staged();
  const { fs: faulty, failAt } = faultyFileSystem();
  failAt(({ call }) => call.startsWith('read'), 'EMFILE');
  const check = checkTree(faulty, dir, { expectedTree, depth: 'launch' });
  await expect(check).rejects.toMatchObject({ blame: 'disk' });
});

describe('damage', () => {
  test.each(['package.json', 'dist/cli.js', 'node_modules/native/build/addon.node'])(
    'P-09: one flipped bit in %s is noticed before the launch',
    async file => {
      const { dir, expectedTree } = staged();
      flip(path.join(dir, file));
      expect(await checkTree(fs, dir, { expectedTree, depth: 'launch' })).toEqual({
        ok: false,
        path: file,
        reason: 'its content has changed',
      });
    },
  );

  test('P-09: one flipped bit in any other file is noticed by the full check', async () => {
    const { dir, expectedTree } = staged();
    flip(path.join(dir, 'dist/data.json'));
    expect(await checkTree(fs, dir, { expectedTree, depth: 'launch' })).toMatchObject({ ok: true });
    expect(await checkTree(fs, dir, { expectedTree, depth: 'full' })).toMatchObject({
      ok: false,
      path: 'dist/data.json',
    });
  });

  test.each(depths)('P-08: a short or missing file is noticed at depth %s', async depth => {
    const { dir, expectedTree } = staged();
    truncateSync(path.join(dir, 'dist/data.json'), 3);
    expect(await checkTree(fs, dir, { expectedTree, depth })).toMatchObject({
      ok: false,
      path: 'dist/data.json',
    });
    fs.rmSync(path.join(dir, 'dist/data.json'));
    expect(await checkTree(fs, dir, { expectedTree, depth })).toMatchObject({
      ok: false,
      reason: 'it is missing',
    });
  });

  test.each(depths)('P-15: a link in place of a file or a folder is noticed at depth %s', async depth => {
    const { dir, expectedTree } = staged();
    const file = path.join(dir, 'dist/data.json');
    fs.renameSync(file, `${dir}.json`);
    symlinkSync(`${dir}.json`, file);
    expect(await checkTree(fs, dir, { expectedTree, depth })).toMatchObject({
      ok: false,
      path: 'dist/data.json',
    });
    fs.rmSync(file);
    fs.renameSync(`${dir}.json`, file);
    fs.renameSync(path.join(dir, 'dist'), `${dir}.dist`);
    symlinkSync(`${dir}.dist`, path.join(dir, 'dist'));
    expect(await checkTree(fs, dir, { expectedTree, depth })).toMatchObject({ ok: false, path: 'dist' });
  });

  test('P-09: a file that nobody staged is noticed by the full check', async () => {
    const { dir, expectedTree } = staged();
    put(path.join(dir, 'node_modules/evil/index.js'), '');
    expect(await checkTree(fs, dir, { expectedTree, depth: 'full' })).toEqual({
      ok: false,
      path: 'node_modules/evil/index.js',
      reason: 'it was not staged',
    });
  });

  test('P-09: a changed list, a missing one and garbage are damage', async () => {
    const { dir, expectedTree } = staged();
    const file = path.join(dir, treeListName);
    const text = fs.readFileSync(file, 'utf8');
    writeFileSync(file, `${text} `);
    expect(await checkTree(fs, dir, { expectedTree, depth: 'launch' })).toMatchObject({
      ok: false,
      path: treeListName,
    });
    expect(await checkTree(fs, dir, { expectedTree: null, depth: 'launch' })).toMatchObject({ ok: true });
    writeFileSync(file, text.replace('dist/cli.js', '../../cli.js'));
    expect(await checkTree(fs, dir, { expectedTree: null, depth: 'launch' })).toMatchObject({ ok: false });
    fs.rmSync(file);
    expect(await checkTree(fs, dir, { expectedTree: null, depth: 'launch' })).toMatchObject({ ok: false });
    expect(
      await checkTree(fs, path.join(dir, 'nowhere'), { expectedTree: null, depth: 'full' }),
    ).toMatchObject({ ok: false });
  });
});

test('P-09: a restored backup with other times is judged by its content', async () => {
  const { dir, expectedTree } = staged();
  utimesSync(path.join(dir, 'dist/data.json'), 1, 1);
  expect(await checkTree(fs, dir, { expectedTree, depth: 'launch' })).toMatchObject({ ok: true });
  writeFileSync(path.join(dir, 'dist/data.json'), '{"a":2}');
  expect(await checkTree(fs, dir, { expectedTree, depth: 'launch' })).toMatchObject({ ok: false });
});

test('P-09: a file above the piece size is hashed whole', async () => {
  const { dir } = staged();
  const big = path.join(dir, 'node_modules/native/build/addon.node');
  const list = readTreeList(fs, dir)?.list;
  if (list === undefined) throw new Error('no list');
  writeFileSync(big, Buffer.alloc(3_000_000, 7));
  const { hashFile } = await import('#src/store/tree-check.js');
  const sha256 = await hashFile(fs, big, 3_000_000);
  const files = list.files.map(file =>
    file.path.endsWith('.node') ? { ...file, size: 3_000_000, sha256 } : file,
  );
  writeFileSync(path.join(dir, treeListName), serializeTreeList({ ...list, files }));
  expect(await checkTree(fs, dir, { expectedTree: null, depth: 'launch' })).toMatchObject({ ok: true });
  const bytes = fs.readFileSync(big);
  bytes[2_999_999] = 8;
  writeFileSync(big, bytes);
  expect(await checkTree(fs, dir, { expectedTree: null, depth: 'launch' })).toMatchObject({ ok: false });
});

test.each(['addon.node', 'lib/libx.so', 'lib/libx.so.1.2', 'lib/libx.dylib', 'bin/x.DLL', 'bin/x.exe'])(
  'P-10: machine code is hashed before the launch wherever it lies: %s',
  async file => {
    const layout = freshStore();
    const expectedTree = putVersion(layout, '1.1.0', { [file]: 'machine code' });
    const dir = layout.version('1.1.0');
    expect(await checkTree(fs, dir, { expectedTree, depth: 'launch' })).toMatchObject({ ok: true });
    flip(path.join(dir, file));
    expect(await checkTree(fs, dir, { expectedTree, depth: 'launch' })).toMatchObject({
      ok: false,
      path: file,
    });
  },
);

test('P-11: a scanner that holds a file for a moment makes no damage', async () => {
  const { dir, expectedTree } = staged();
  let busy = 2;
  const readFileSync = ((file: string, ...rest: []) => {
    if (file.endsWith('cli.js') && busy-- > 0) throw Object.assign(new Error('EBUSY'), { code: 'EBUSY' });
    return fs.readFileSync(file, ...rest);
  }) as typeof fs.readFileSync;
  const port = { ...fs, readFileSync };
  expect(await checkTree(port, dir, { expectedTree, depth: 'launch' })).toMatchObject({ ok: true });
  expect(busy).toBe(-1);
});

test('K-01: the list is the same to the byte whatever the order of its files', () => {
  const { dir } = staged();
  const list = readTreeList(fs, dir)?.list;
  if (list === undefined) throw new Error('no list');
  const text = serializeTreeList(list);
  const shuffled = serializeTreeList({ ...list, files: [...list.files].reverse() });
  expect(shuffled).toBe(text);
  expect(parseTreeList(text)).toEqual(list);
  expect(treeDigest(text)).toBe(readTreeList(fs, dir)?.digest);
});

test.each(['../x', '/x', 'a/../x', 'a\\x', 'C:x', './x', 'a//x', '', treeListName])(
  'P-21: a list with the path %j is no list',
  file => {
    const { dir } = staged();
    const list = readTreeList(fs, dir)?.list;
    const [first] = list?.files ?? [];
    if (list === undefined || first === undefined) throw new Error('no list');
    expect(parseTreeList(serializeTreeList({ ...list, files: [{ ...first, path: file }] }))).toBeNull();
  },
);
