import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { askRegistry, nodeOfMajor } from '../../examples/demo/real-packages.ts';
import { json, runCli } from '../src/cli/command-line.ts';
import { writeFiles } from '../src/core-lock/package-tree.ts';
import { temporaryFolder } from '../support/folder.ts';
import { isFull } from '../support/proof/run.ts';

const run = promisify(execFile);

const unreachable = isFull
  ? await askRegistry('react@18.3.1').then(
      () => null,
      (error: unknown) => String(error),
    )
  : 'a full run alone reaches a registry beyond this machine';
if (unreachable !== null) process.stderr.write(`test/flows/plugins.test.ts is skipped: ${unreachable}\n`);

const registryAccess = Object.fromEntries(
  Object.entries(process.env).filter(
    (pair): pair is [string, string] =>
      pair[1] !== undefined && /^(npm_config_.*|NODE_EXTRA_CA_CERTS)$/i.test(pair[0]),
  ),
);

/** Loads each plugin that it is told of, and says what they and it have in common; then it is ready, and ends. */
const host = `
const { createRequire } = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const plugins = JSON.parse(process.env.STAGEDOOR_PLUGINS ?? '{}').npm ?? {};
const own = { react: require('react'), zod: require('zod') };
const look = async ([name, folder]) => {
  const theirs = createRequire(path.join(folder, 'package.json'));
  const library = name === 'react-error-boundary' ? 'react' : 'zod';
  const imported = await import(pathToFileURL(theirs.resolve(name)).href);
  return [name, {
    required: theirs(library) === own[library],
    loads: Object.keys(theirs(name)).length > 0 && Object.keys(imported).length > 0,
    ...(name === 'zod-validation-error' && {
      knows: theirs(name).fromError(new own.zod.ZodError([{ code: 'custom', message: 'not so', path: [] }])).message,
    }),
  }];
};
Promise.all(Object.entries(plugins).map(look)).then(looks => {
  console.log('PLUGINS ' + JSON.stringify(Object.fromEntries(looks)));
  process.stdin.resume();
  setTimeout(() => process.exit(0), 1000);
});
`;

type Host = {
  readonly stagedoor: (...args: readonly string[]) => ReturnType<typeof runCli>;
  readonly bundle: (react: string, version: string) => Promise<void>;
};

const openHost = (): Host => {
  const dir = temporaryFolder('plugins-flow');
  const stagedoor: Host['stagedoor'] = (...args) =>
    runCli([...args, '--package', 'real-host', '--bundled', 'bundled', '--store', path.join(dir, 'store')], {
      cwd: dir,
      env: registryAccess,
    });
  const bundle: Host['bundle'] = async (react, version) => {
    const root = path.join(dir, `host-${version}`);
    writeFiles(root, {
      'package.json': {
        ...{ name: 'real-host', version, main: 'host.js' },
        dependencies: { react, zod: '3.25.76' },
      },
      'host.js': host,
    });
    const npm = ['install', '--ignore-scripts', '--no-audit', '--no-fund'];
    await run(process.platform === 'win32' ? 'npm.cmd' : 'npm', npm, { cwd: root });
    expect(await stagedoor('bundle', '--from', root)).toMatchObject({ code: 0, stderr: '' });
  };
  return { stagedoor, bundle };
};

/** What the runtime has said of its plugins. */
const told = async ({ stagedoor }: Host, ...args: readonly string[]): Promise<unknown> => {
  const { stdout, stderr } = await stagedoor('run', '--no-updates', '--probe', 'stdout:PLUGINS', ...args);
  const [, text = `null ${stdout} ${stderr}`] = /PLUGINS (\{.*\})/.exec(stdout) ?? [];
  return JSON.parse(text);
};

const shares = { required: true, loads: true };
const fits = {
  'react-error-boundary': shares,
  'zod-validation-error': { ...shares, knows: 'Validation error: not so' },
};

describe.skipIf(unreachable !== null)('real plugins beside a real runtime', { timeout: 300_000 }, () => {
  test('P-36, K-04, K-05, K-06: what fits shares the copies of the runtime, on one Node and on another; what does not is refused', async () => {
    const app = openHost();
    await app.bundle('18.3.1', '1.0.0');
    const added = await app.stagedoor(
      ...['plugin', 'add', 'react-error-boundary@4.1.2', 'zod-validation-error@3.4.1'],
    );
    expect(added).toMatchObject({ code: 0, stderr: '' });
    const refused = await app.stagedoor('plugin', 'add', 'react-dom@17.0.2');
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain('react-dom@17.0.2 needs react 17.0.2, the runtime has react 18.3.1');
    const { plugins } = Object(json(await app.stagedoor('plugin', 'list', '--json')));
    expect(plugins.map(({ name }: { readonly name: string }) => name).sort()).toEqual(Object.keys(fits));
    for (const { folder } of plugins) {
      expect(existsSync(path.join(folder, '..', 'react')), folder).toBe(false);
      expect(existsSync(path.join(folder, '..', 'zod')), folder).toBe(false);
    }
    expect(await told(app)).toEqual(fits);
    expect(await told(app, '--exec', await nodeOfMajor(24))).toEqual(fits);
  });

  test('K-05: a runtime with another major says which plugins do not go with it, and starts without them', async () => {
    const app = openHost();
    await app.bundle('18.3.1', '1.0.0');
    await app.stagedoor('plugin', 'add', 'zod-validation-error@3.4.1', 'react-dom@18.3.1');
    expect(await app.stagedoor('plugin', 'check')).toMatchObject({ code: 0 });
    await app.bundle('19.1.0', '2.0.0');
    const checked = await app.stagedoor('plugin', 'check');
    expect(checked.code).toBe(1);
    expect(checked.stdout).toContain('react-dom@18.3.1 needs react ^18.3.1, the runtime has react 19.1.0');
    expect(await told(app)).toEqual({ 'zod-validation-error': fits['zod-validation-error'] });
  });
});
