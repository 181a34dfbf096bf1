import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { compareLocks } from '#src/core-lock/compare.js';
import type { CoreLock, LockedPackage } from '#src/core-lock/core-lock.js';
import { serializeLock } from '#src/core-lock/lock-file.js';
import { lockOf } from '#src/core-lock/locking.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { askRegistry } from '../../examples/demo/real-packages.ts';
import { writeFiles } from '../src/core-lock/package-tree.ts';
import { temporaryFolder } from '../support/folder.ts';
import { isFull } from '../support/proof/run.ts';

const run = promisify(execFile);

const unreachable = isFull
  ? await askRegistry('debug@2.6.9').then(
      () => null,
      (error: unknown) => String(error),
    )
  : 'a full run alone reaches a registry beyond this machine';
if (unreachable !== null) process.stderr.write(`test/flows/core-lock.test.ts is skipped: ${unreachable}\n`);

/** `debug` needs another `ms` than the runtime, `@isaacs/cliui` other versions under other names, and there is an alias. */
const dependencies = {
  debug: '2.6.9',
  ms: '2.1.3',
  'old-ms': 'npm:ms@0.7.1',
  '@isaacs/cliui': '8.0.2',
  esbuild: '0.25.0',
};

const installed = async (): Promise<string> => {
  const root = temporaryFolder('core-lock');
  writeFiles(root, {
    'package.json': { name: 'real-runtime', version: '1.0.0', dependencies },
    'main.js': "import debug from 'debug';\nimport ms from 'old-ms';\nconsole.log(debug, ms);\n",
  });
  const npm = ['install', '--ignore-scripts', '--no-audit', '--no-fund'];
  await run(process.platform === 'win32' ? 'npm.cmd' : 'npm', npm, { cwd: root });
  return root;
};

const lockIn = (root: string, metafile: string | null = null): CoreLock =>
  lockOf(fs, { dir: root, metafile }, () => []).lock;

const versionsOf = (lock: CoreLock, name: string): Record<string, string> =>
  Object.fromEntries(
    lock.packages.filter(one => one.name === name).map(({ place, version }) => [String(place), version]),
  );

describe.skipIf(unreachable !== null)('the core lock of what npm installed', () => {
  test('K-01: holds every package that npm recorded, copies at several versions, and aliases', async () => {
    const root = await installed();
    const lock = lockIn(root);
    const { packages } = JSON.parse(readFileSync(path.join(root, 'node_modules/.package-lock.json'), 'utf8'));
    const recorded = Object.entries<{ version: string; integrity: string }>(packages)
      .filter(([place]) => fs.existsSync(path.join(root, place)))
      .map(([place, { version, integrity }]) => `${place} ${version} ${integrity}`);
    const found = lock.packages
      .filter(({ place }) => place !== '.')
      .map(({ place, version, integrity }) => `${place} ${version} ${integrity}`);
    expect(found.sort()).toEqual(recorded.sort());
    expect(versionsOf(lock, 'ms')).toEqual({
      'node_modules/ms': '2.1.3',
      'node_modules/debug/node_modules/ms': '2.0.0',
      'node_modules/old-ms': '0.7.1',
    });
    expect(lock.aliases['old-ms']).toBe('ms@0.7.1');
    expect(Object.keys(lock.aliases)).toEqual(expect.arrayContaining(['string-width-cjs', 'wrap-ansi-cjs']));

    const require = createRequire(path.join(root, 'main.js'));
    const outer = lock.packages.filter(({ place }) => /^node_modules\/(?:@[^/]+\/)?[^/]+$/.test(place ?? ''));
    const named = (one: LockedPackage) => one.modules.filter(module => !module.includes('*'));
    const unfound = outer.flatMap(named).filter(module => {
      try {
        return !fs.existsSync(require.resolve(module));
      } catch (error) {
        // A package for `import` alone.
        return !(error instanceof Error && 'code' in error && error.code === 'ERR_PACKAGE_PATH_NOT_EXPORTED');
      }
    });
    expect(unfound).toEqual([]);
    expect(outer.flatMap(named).length).toBeGreaterThan(10);
  });

  test("K-01: what esbuild joined is in the lock with esbuild's own metafile, and a changed tree is told", async () => {
    const root = await installed();
    const program = path.join(root, 'node_modules/esbuild/bin/esbuild');
    const bundle = [
      'main.js',
      '--bundle',
      '--platform=node',
      '--outfile=dist/main.js',
      '--metafile=dist/meta.json',
    ];
    await run(process.execPath, [program, ...bundle], { cwd: root });
    const lock = lockIn(root, path.join(root, 'dist/meta.json'));
    const joined = lock.packages.filter(({ place }) => place === null);
    expect(joined.map(({ name, version, modules }) => [name, version, modules])).toEqual([
      ['debug', '2.6.9', ['debug']],
      ['ms', '0.7.1', ['old-ms']],
      ['ms', '2.0.0', ['ms']],
    ]);
    expect(serializeLock(lockIn(root, path.join(root, 'dist/meta.json')))).toBe(serializeLock(lock));
    fs.renameSync(path.join(root, 'node_modules/debug/node_modules'), path.join(root, 'away'));
    const told = compareLocks(lock, lockIn(root));
    expect(told.filter(({ place }) => place !== null)).toMatchObject([
      { kind: 'missing', name: 'ms', place: 'node_modules/debug/node_modules/ms', locked: '2.0.0' },
    ]);
  });
});
