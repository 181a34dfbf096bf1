import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { CoreLock } from '#src/core-lock/core-lock.js';
import { lockOf } from '#src/core-lock/locking.js';
import { createNpmProvider } from '#src/plugins/npm/provider.js';
import { defaultLimits } from '#src/staging/limits.js';
import { compareTree } from '#src/staging/tree-proof.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { askRegistry } from '../../examples/demo/real-packages.ts';
import { writeFiles } from '../src/core-lock/package-tree.ts';
import { temporaryFolder } from '../support/folder.ts';
import { isFull } from '../support/proof/run.ts';

const run = promisify(execFile);

const unreachable = isFull
  ? await askRegistry('zod@3.25.76').then(
      () => null,
      (error: unknown) => String(error),
    )
  : 'a full run alone reaches a registry beyond this machine';
if (unreachable !== null) process.stderr.write(`test/flows/plugins-npm.test.ts is skipped: ${unreachable}\n`);

const dependencies = {
  react: '18.3.1',
  zod: '3.25.76',
  ms: '2.1.3',
  yaml: '2.9.0',
  constructs: '10.4.2',
  'strip-ansi': '6.0.1',
};

const runtime = async (): Promise<{ readonly root: string; readonly lock: CoreLock }> => {
  const root = temporaryFolder('plugins-npm');
  writeFiles(root, { 'package.json': { name: 'real-runtime', version: '1.0.0', dependencies } });
  const npm = ['install', '--ignore-scripts', '--no-audit', '--no-fund'];
  await run(process.platform === 'win32' ? 'npm.cmd' : 'npm', npm, { cwd: root });
  return { root, lock: lockOf(fs, { dir: root, metafile: null }, () => []).lock };
};

const provider = createNpmProvider({ registry: undefined, limits: defaultLimits, fs });
const never = new AbortController().signal;
const quiet = (): void => undefined;

const judged = async (lock: CoreLock, name: string, spec: string) => {
  const plugin = await provider.resolve({ ecosystem: 'npm', name, spec }, lock, never);
  return { ...plugin, ...(await provider.compare(plugin.demands, lock)) };
};

/** Below the runtime's own folder, so that Node itself finds the runtime's packages above it: this stands for the resolver. */
const staged = async (root: string, lock: CoreLock, name: string, spec: string) => {
  const { packages, conflicts, ...rest } = await judged(lock, name, spec);
  expect(conflicts).toEqual([]);
  const folder = path.join(root, 'plugins');
  const folders = { folder, tree: path.join(folder, 'tree') };
  mkdirSync(folder);
  await provider.download(packages, folders, never, quiet);
  const { files, stripped } = await provider.stage(packages, lock, folders, never, quiet);
  compareTree(fs, folders.tree, files);
  return { ...rest, packages, stripped, tree: folders.tree };
};

const evaluated = async (cwd: string, code: string): Promise<string> =>
  (await run(process.execPath, ['-e', code], { cwd })).stdout.trim();

describe.skipIf(unreachable !== null)('real plugins of npm under a real lock', () => {
  test('K-05: one that the lock fits gets the very class of the runtime', async () => {
    const { root, lock } = await runtime();
    const plugin = await staged(root, lock, 'zod-validation-error', '3.4.1');
    expect(plugin.packages.map(({ place }) => place)).toEqual(['node_modules/zod-validation-error']);
    expect(plugin.shared).toEqual([{ name: 'zod', version: '3.25.76' }]);
    const code = `
      const { ZodError } = require(${JSON.stringify(path.join(root, 'node_modules/zod'))});
      const { fromError } = require('zod-validation-error');
      const cause = new ZodError([{ code: 'custom', message: 'not so', path: [] }]);
      console.log(require('zod').ZodError === ZodError, fromError(cause).cause === cause, fromError(cause).message);`;
    expect(await evaluated(plugin.tree, code)).toBe('true true Validation error: not so');
  });

  test('K-05: what a plugin brings works from its tree, without a package of the runtime in it', async () => {
    const { root, lock } = await runtime();
    const plugin = await staged(root, lock, 'react-error-boundary', '4.1.2');
    expect(plugin.packages.map(({ name }) => name)).toEqual(['react-error-boundary', '@babel/runtime']);
    const code = `console.log(require('react') === require(${JSON.stringify(path.join(root, 'node_modules/react'))}), typeof require('react-error-boundary').ErrorBoundary);`;
    expect(await evaluated(plugin.tree, code)).toBe('true function');
  });

  test('K-05: those that need another version are told with both and the chain, of peers and deep inside', async () => {
    const { lock } = await runtime();
    const dom = await judged(lock, 'react-dom', '17.0.2');
    expect(dom.conflicts).toEqual([
      {
        ...{ as: 'react', name: 'react', range: '17.0.2', chain: ['react-dom@17.0.2'] },
        ...{ reason: 'version', locked: '18.3.1' },
      },
    ]);
    const parser = await judged(lock, 'body-parser', '1.20.2');
    expect(parser.conflicts).toEqual([
      {
        ...{ as: 'ms', name: 'ms', range: '2.0.0', chain: ['body-parser@1.20.2', 'debug@2.6.9'] },
        ...{ reason: 'version', locked: '2.1.3' },
      },
    ]);
  });

  test('P-36: those that need a package called like a module of Node get it, and Node keeps its own', async () => {
    const { root, lock } = await runtime();
    for (const [name, spec] of [
      ['ajv', '6'],
      ['archiver', '7'],
      ['eslint', '8'],
    ] as const)
      expect(
        (await judged(lock, name, spec)).conflicts.filter(({ reason }) => reason === 'built-in'),
      ).toEqual([]);
    const plugin = await staged(root, lock, 'readable-stream', '3.6.2');
    expect(plugin.packages.map(({ name }) => name)).toContain('string_decoder');
    const code = `
      const { Readable } = require('readable-stream');
      const brought = require.resolve('string_decoder/');
      console.log(typeof Readable, require('string_decoder') === process.getBuiltinModule?.('string_decoder') || require.resolve('string_decoder'),
        require('path').relative(process.cwd(), brought).split(require('path').sep)[1]);`;
    expect(await evaluated(plugin.tree, code)).toMatch(/^function (?:true|string_decoder) string_decoder$/);
  });

  test('K-05: an alias counts by what it stands for', async () => {
    const { lock } = await runtime();
    const { conflicts, shared, packages } = await judged(lock, '@isaacs/cliui', '8.0.2');
    expect(shared).toContainEqual({ name: 'strip-ansi', version: '6.0.1' });
    expect(conflicts).toContainEqual({
      ...{ as: 'strip-ansi', name: 'strip-ansi', range: '^7.0.1', chain: ['@isaacs/cliui@8.0.2'] },
      ...{ reason: 'version', locked: '6.0.1' },
    });
    expect(conflicts.map(({ as }) => as)).not.toContain('strip-ansi-cjs');
    expect(packages.map(({ place }) => place)).toContain('node_modules/string-width-cjs');
  });

  test('K-06: the copy that one carries in its own archive is left out', async () => {
    const { root, lock } = await runtime();
    const plugin = await staged(root, lock, 'cdk8s', '2.70.98');
    expect(plugin.packages).toHaveLength(1);
    expect(plugin.stripped).toEqual(['yaml']);
    expect(fs.existsSync(path.join(plugin.tree, 'node_modules/cdk8s/node_modules/yaml'))).toBe(false);
    expect(fs.existsSync(path.join(plugin.tree, 'node_modules/cdk8s/node_modules/fast-json-patch'))).toBe(
      true,
    );
    const code = `
      const { App, Chart, ApiObject, Yaml } = require('cdk8s');
      new ApiObject(new Chart(new App(), 'c'), 'o', { apiVersion: 'v1', kind: 'Pod' });
      console.log(Yaml.stringify({ a: 1 }).trim(), require.resolve('yaml').startsWith(${JSON.stringify(path.join(root, 'node_modules/yaml'))}));`;
    expect(await evaluated(plugin.tree, code)).toBe('a: 1 true');
  });
});
