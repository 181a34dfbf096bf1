import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { makePackage, rawTarball, withTarball } from '#src/testing/index.js';
import { binary } from '../src/cli/command-line.ts';
import { temporaryFolder } from '../support/folder.ts';
import { noTracing, trace } from '../support/hostile/traced.ts';
import { registryForTest } from '../support/loopback.ts';
import { isFull, ran, share } from '../support/proof/run.ts';

const name = 'app-runtime';
const lifecycle = [
  ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'],
  ['prepack', 'postpack', 'dependencies', 'preuninstall', 'start', 'test'],
].flat();

/** A package that leaves a file wherever something of it runs or is loaded. */
const trap = (version: string, canary: string) => {
  const touch = `node -e "require('fs').writeFileSync('${canary}', 'ran')"`;
  const code = `require('node:fs').writeFileSync(${JSON.stringify(canary)}, 'loaded');\n`;
  return makePackage({
    name,
    version,
    manifest: {
      bin: { [name]: 'cli.js', npm: 'cli.js', node: 'cli.js', git: 'bin/git' },
      main: 'cli.js',
      exports: './cli.js',
      gypfile: true,
      hasInstallScript: true,
      scripts: Object.fromEntries(lifecycle.map(script => [script, touch])),
      dependencies: {
        a: 'git+ssh://git@127.0.0.1:1/a.git',
        b: 'file:../b',
        c: 'http://127.0.0.1:1/c.tgz',
        d: '*',
      },
      bundleDependencies: ['bundled'],
      packageManager: 'pnpm@9.0.0',
    },
    files: {
      'cli.js': { content: `#!/usr/bin/env node\n${code}`, mode: 0o755 },
      'bin/git': { content: `#!/bin/sh\n${touch}\n`, mode: 0o755 },
      'binding.gyp': `{"targets":[{"target_name":"<!(${touch})"}]}`,
      '.npmrc': `script-shell=${canary}\nnode-options=--require ./cli.js\n`,
      '.pnpmfile.cjs': code,
      'postinstall.js': code,
      'node_modules/bundled/package.json': JSON.stringify({
        name: 'bundled',
        version: '1.0.0',
        main: 'index.js',
        scripts: { postinstall: touch },
      }),
      'node_modules/bundled/index.js': code,
      'node_modules/pacote/index.js': code,
      'addon.node': 'no machine code',
    },
  });
};

const newPlace = async () => {
  const dir = temporaryFolder('stagedoor-runs');
  const registry = await registryForTest();
  const canary = path.join(dir, 'canary');
  const store = path.join(dir, 'store');
  mkdirSync(path.join(dir, 'cwd'));
  const flags = ['--json', '--package', name, '--store', store, '--registry', registry.url];
  const cli = (...args: readonly string[]) => trace([binary, ...args, ...flags], path.join(dir, 'cwd'));
  return { registry, canary, store, cli };
};

if (noTracing !== null) console.log(`skipped: "P-23: nothing of a package runs", which ${noTracing}`);

test.skipIf(noTracing !== null)(
  'P-23: the tracing sees what a program starts, also what can not be started',
  async () => {
    const dir = temporaryFolder('stagedoor-runs');
    const program = path.join(dir, 'program.cjs');
    writeFileSync(
      program,
      `const { spawnSync } = require('node:child_process');
const { Worker } = require('node:worker_threads');
spawnSync('/no/such/program');
new Worker("require('node:child_process').spawnSync(process.execPath, ['-e', '0'])", { eval: true });\n`,
    );
    const { started } = await trace([program], dir);
    expect(started).toHaveLength(3);
    expect(started[1]).toContain('/no/such/program');
  },
);

test.skipIf(noTracing !== null)(
  'P-23: an update starts no program and loads nothing of the package',
  async context => {
    const { registry, canary, store, cli } = await newPlace();
    registry.publish(trap('1.1.0', canary));
    const runs = [await cli('update')];
    expect(JSON.parse(runs[0]?.stdout ?? '')).toMatchObject({ outcome: 'staged', version: '1.1.0' });
    if (isFull)
      runs.push(
        await cli('update'),
        await cli('check'),
        await cli('verify'),
        await cli('status'),
        await cli('gc'),
      );
    for (const { started } of runs) {
      expect(started).toHaveLength(1);
      expect(started[0]).toContain(binary);
    }
    expect(existsSync(canary)).toBe(false);
    expect(readdirSync(path.join(store, 'versions/1.1.0'))).toContain('cli.js');
    expect(readdirSync(path.join(store, '..', 'cwd'))).toEqual([]);
    ran(context, runs.length, 'traced commands');
  },
);

/** Places for a tarball, or a whole package, that some installer would run a program for. */
const places = [
  'git+ssh://git@127.0.0.1:1/a.git',
  'git://127.0.0.1:1/a',
  'github:a/b',
  'file:../a',
  'ssh://127.0.0.1:1/',
];

test.skipIf(noTracing !== null)('P-23: a refused package starts no program either', async context => {
  const { registry, canary, cli } = await newPlace();
  const packed = trap('1.1.0', canary);
  for (const tarballUrl of places.slice(0, share(1, places.length))) {
    registry.publish(packed, { tarballUrl });
    const { stdout, started } = await cli('update');
    expect(JSON.parse(stdout), tarballUrl).toMatchObject({ error: { code: 'UNTRUSTED' } });
    expect(started, tarballUrl).toHaveLength(1);
  }
  registry.publish(withTarball(packed, rawTarball([{ path: 'package/../../evil', content: '' }])));
  const { stdout, started } = await cli('update');
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'PACKAGE_UNSAFE' } });
  expect(started).toHaveLength(1);
  expect(existsSync(canary)).toBe(false);
  ran(context, share(1, places.length) + 1, 'traced commands');
});
