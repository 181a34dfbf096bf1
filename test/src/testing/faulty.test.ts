import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { nodeFileSystem } from '#src/store/file-system.js';
import { faultyFileSystem, Killed, runtimePackage, writeRuntime } from '#src/testing/index.js';
import { temporaryFolder } from '../../support/folder.ts';

/** What was thrown, as far as programs look at it. */
const thrown = (work: () => unknown): object => {
  try {
    work();
  } catch (error) {
    return error instanceof Error ? { ...error, message: error.message } : { error };
  }
  return { error: 'none' };
};

test('an error is the one that Node would throw', () => {
  const dir = temporaryFolder();
  const [file, full] = [path.join(dir, 'file'), path.join(dir, 'full')];
  writeFileSync(file, '');
  mkdirSync(path.join(full, 'child'), { recursive: true });
  const { fs, failAt } = faultyFileSystem();
  const cases = [
    ['ENOTEMPTY', (one: typeof fs) => one.rmdirSync(full)],
    ['ENOTDIR', (one: typeof fs) => one.readdirSync(file)],
    ['ENOTDIR', (one: typeof fs) => one.renameSync(full, file)],
    ['EEXIST', (one: typeof fs) => one.openSync(file, 'wx')],
    ['EISDIR', (one: typeof fs) => one.readSync(one.openSync(full, 'r'), Buffer.alloc(1))],
  ] as const;
  for (const [errno, work] of cases) {
    const disarm = failAt(({ call }) => call !== 'open' || errno === 'EEXIST', errno);
    expect(thrown(() => work(fs))).toEqual(thrown(() => work(nodeFileSystem)));
    disarm();
  }
});

// Windows has no quota of that name.
test.runIf(process.platform !== 'win32')('what libuv has no name for comes as it comes from Node', () => {
  const { fs, failAt } = faultyFileSystem();
  failAt(1, 'EDQUOT');
  const code = `Unknown system error -${constants.errno.EDQUOT}`;
  expect(thrown(() => fs.mkdirSync(path.join(temporaryFolder(), 'a')))).toMatchObject({ code });
  expect(() => failAt(2, 'ENONSENSE')).toThrow(TypeError);
});

test('the operation of a number fails once, its repetitions as often as is said, and it is not done', () => {
  const file = path.join(temporaryFolder(), 'file');
  const { fs, failAt, operations, met } = faultyFileSystem();
  writeFileSync(file, '');
  failAt(2, ['EBUSY', 'EPERM'], { times: 3 });
  fs.statSync(file);
  expect(met()).toBe(false);
  const codes = [1, 2, 3, 4].map(() => thrown(() => fs.unlinkSync(file)));
  expect(codes.map(error => ('code' in error ? error.code : 'none'))).toEqual([
    'EBUSY',
    'EPERM',
    'EBUSY',
    'none',
  ]);
  expect(existsSync(file)).toBe(false);
  expect(operations.map(({ call }) => call)).toEqual(['stat', 'unlink', 'unlink', 'unlink', 'unlink']);
  expect(met()).toBe(true);
});

test('a short write has written half when the disk is full, in each form', async () => {
  const dir = temporaryFolder();
  const { fs, failAt } = faultyFileSystem();
  failAt(({ call }) => call === 'write', 'ENOSPC', { short: true });
  const [one, two] = [path.join(dir, 'one'), path.join(dir, 'two')];
  expect(() => fs.writeFileSync(one, 'abcd')).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
  await expect(fs.promises.writeFile(two, 'abcd')).rejects.toMatchObject({ code: 'ENOSPC' });
  expect([one, two].map(file => readFileSync(file, 'utf8'))).toEqual(['ab', 'ab']);
});

test('a missing place is answered as Node answers it, whether it is missing or is said to be', () => {
  const { fs, failAt } = faultyFileSystem();
  failAt(() => true, 'ENOENT');
  const dir = temporaryFolder();
  expect(fs.existsSync(dir)).toBe(false);
  expect(fs.lstatSync(dir, { throwIfNoEntry: false })).toBeUndefined();
  expect(() => fs.lstatSync(dir)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
});

test('after the kill nothing has any effect, in whatever form, and nothing stays open', async () => {
  const dir = temporaryFolder();
  const file = path.join(dir, 'file');
  const { fs, killAt, operations } = faultyFileSystem();
  killAt(3, { short: true });
  const descriptor = fs.openSync(file, 'w');
  fs.writeSync(descriptor, 'before');
  expect(() => fs.writeSync(descriptor, '1234')).toThrow(Killed);
  expect(() => fs.writeSync(descriptor, '5678')).toThrow(Killed);
  expect(() => fs.readFileSync(file)).toThrow(Killed);
  await expect(promisify(fs.fsync)(descriptor)).rejects.toThrow(Killed);
  await expect(fs.promises.rm(dir, { recursive: true })).rejects.toThrow(Killed);
  expect(() => fs.closeSync(descriptor)).toThrow(Killed);
  expect(() => nodeFileSystem.fstatSync(descriptor)).toThrow(expect.objectContaining({ code: 'EBADF' }));
  expect(readFileSync(file, 'utf8')).toBe('before12');
  expect(operations).toHaveLength(2);
});

test('a close that fails has closed', () => {
  const { fs, failAt } = faultyFileSystem();
  const descriptor = fs.openSync(path.join(temporaryFolder(), 'file'), 'w');
  failAt(2, 'EIO');
  expect(() => fs.closeSync(descriptor)).toThrow(expect.objectContaining({ code: 'EIO' }));
  expect(() => nodeFileSystem.fstatSync(descriptor)).toThrow(expect.objectContaining({ code: 'EBADF' }));
});

test('P-07: the test of a full disk in the README passes as it stands', () => {
  const root = path.resolve(import.meta.dirname, '../../..');
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  const [, example = ''] = /### Testing your app\n[\s\S]+?```js\n([\s\S]+?)```/.exec(readme) ?? [];
  expect(example).toContain('ENOSPC');
  const dir = temporaryFolder();
  const [bundled, store] = [path.join(dir, 'bundled'), path.join(dir, 'store')];
  writeRuntime(bundled, runtimePackage({ name: 'my-runtime', version: '1.0.0' }));
  // Inside the package, so that `stagedoor` is the package itself.
  const place = mkdtempSync(path.join(root, 'dist/readme-'));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  const given = `import assert from 'node:assert';\nconst [bundled, store] = ${JSON.stringify([bundled, store])};\n`;
  writeFileSync(path.join(place, 'full-disk.mjs'), given + example);
  execFileSync(process.execPath, [path.join(place, 'full-disk.mjs')], { cwd: root, stdio: 'pipe' });
  expect(existsSync(store)).toBe(false);
});
