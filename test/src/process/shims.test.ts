import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { launchShim, shimNames, writeShims } from '#src/process/shims.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import { temporaryFolder } from '../../support/folder.ts';
import { fixture } from './fixture.ts';

type Facts = { args: string[]; entry: string; execPath: string; pid: number; asNode: string | null };

/** A shell's resources: the bundled entry, the shims, and an "Electron" that is a Node of another name. */
const resources = async ({ electron = true } = {}) => {
  const dir = join(temporaryFolder(), "it's a folder");
  mkdirSync(join(dir, 'dist'), { recursive: true });
  copyFileSync(fixture('shim-entry'), join(dir, 'dist', "cli's.mjs"));
  copyFileSync(fixture('shim-entry'), join(dir, 'staged.mjs'));
  if (electron) symlinkSync(process.execPath, join(dir, 'My App'));
  await writeShims(nodeFileSystem, dir, { bundledEntry: "dist/cli's.mjs", execRelative: 'My App' });
  return { dir, shim: join(dir, shimNames.posix), app: join(dir, 'My App') };
};

const path = ['/usr/bin', '/bin'].join(':');
const run = (shim: string, env: Record<string, string>, args: string[] = []) =>
  spawnSync(shim, args, { encoding: 'utf8', env: { PATH: path, ...env } });

const posix = test.runIf(process.platform !== 'win32');

posix('L-08: the shim runs the entry that it is told, as Node, with its arguments', async () => {
  const { dir, shim } = await resources();
  const { stdout, status } = run(shim, { STAGEDOOR_ENTRY: join(dir, 'staged.mjs') }, ['a b', '', '$HOME']);
  const facts = JSON.parse(stdout) as Facts;
  expect(status).toBe(0);
  expect(facts).toMatchObject({ entry: join(dir, 'staged.mjs'), args: ['a b', '', '$HOME'], asNode: '1' });
});

posix.each([{}, { STAGEDOOR_ENTRY: '' }])('L-08: %j means the bundled entry', async env => {
  const { dir, shim } = await resources();
  expect(JSON.parse(run(shim, env).stdout)).toMatchObject({ entry: join(dir, 'dist', "cli's.mjs") });
});

posix('L-08: a named entry that is missing is an error, never a silent fallback', async () => {
  const { dir, shim } = await resources();
  for (const missing of [join(dir, 'gone.mjs'), dir]) {
    const { stdout, stderr, status } = run(shim, { STAGEDOOR_ENTRY: missing });
    expect({ stdout, stderr, status }).toEqual({
      stdout: '',
      stderr: `stagedoor: the entry ${missing} is missing\n`,
      status: 66,
    });
  }
});

posix("L-08: the shell's own Electron goes before any Node on PATH", async () => {
  const { dir, shim } = await resources();
  mkdirSync(join(dir, 'bin'));
  writeFileSync(join(dir, 'bin', 'node'), '#!/bin/sh\necho wrong node\n', { mode: 0o755 });
  expect(run(shim, { PATH: `${join(dir, 'bin')}:${path}` }).stdout).toContain(`"asNode":"1"`);
});

posix(
  'L-08: without its Electron the shim takes the Node on PATH, which is not told to be Electron',
  async () => {
    const { dir, shim } = await resources({ electron: false });
    mkdirSync(join(dir, 'bin'));
    symlinkSync(process.execPath, join(dir, 'bin', 'node'));
    const env = { PATH: `${join(dir, 'bin')}:${path}`, ELECTRON_RUN_AS_NODE: '1' };
    expect(run(shim, env).stdout).toContain('"asNode":null');
  },
);

posix(
  'L-08: an executable that is named and missing is an error, and one that is there is used',
  async () => {
    const { dir, shim, app } = await resources({ electron: false });
    const gone = join(dir, 'gone');
    expect(run(shim, { STAGEDOOR_EXEC: gone })).toMatchObject({
      stderr: `stagedoor: the executable ${gone} is missing\n`,
      status: 66,
    });
    symlinkSync(process.execPath, app);
    expect(run(shim, { STAGEDOOR_EXEC: app }).stdout).toContain('"asNode":"1"');
  },
);

posix('L-08: the shim is found through links, and needs nothing of the current folder', async () => {
  const { dir, shim } = await resources();
  const elsewhere = temporaryFolder();
  symlinkSync(shim, join(elsewhere, 'one'));
  symlinkSync('one', join(elsewhere, 'two'));
  const { stdout } = run(join(elsewhere, 'two'), { CDPATH: '/' });
  expect(JSON.parse(stdout)).toMatchObject({ entry: join(dir, 'dist', "cli's.mjs") });
});

posix(
  'L-08: the shim becomes the runtime: its pid, its IPC channel and its signals are those of the child',
  async () => {
    const { shim } = await resources();
    const child = spawn(shim, [], { env: { PATH: path }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const [facts] = (await once(child, 'message')) as [Facts];
    expect(facts.pid).toBe(child.pid);
    expect(await once(child, 'exit')).toEqual([0, null]);
  },
);

posix('L-08: the shim for sh is executable', async () => {
  const { shim } = await resources();
  expect(statSync(shim).mode & 0o111).toBe(0o111);
});

test('L-08: the shim for cmd keeps the same rules', () => {
  const { windows } = launchShim({ bundledEntry: 'dist/cli.js', execRelative: '../../App.exe' });
  const lines = windows.split('\r\n');
  expect(windows.replaceAll('\r\n', '')).not.toContain('\n');
  expect(lines).toContain('set "stagedoor_entry_file=%STAGEDOOR_ENTRY%"');
  expect(lines).toContain('if not defined stagedoor_entry_file set "stagedoor_entry_file=%~dp0dist\\cli.js"');
  expect(lines).toContain('if not exist "%stagedoor_entry_file%" goto entry_missing');
  expect(lines).toContain('if exist "%~dp0..\\..\\App.exe" set "stagedoor_node=%~dp0..\\..\\App.exe"');
  expect(lines).toContain('set "ELECTRON_RUN_AS_NODE=1"');
  expect(lines.indexOf('exit /b 66')).toBeGreaterThan(lines.indexOf(':entry_missing'));
  for (const target of lines.flatMap(line => /goto (\w+)$/.exec(line)?.[1] ?? [])) {
    expect(lines).toContain(`:${target}`);
  }
});

test.each(['', '/abs/cli.js', 'C:\\cli.js', 'a"b', 'a%b', 'a\nb'])(
  'L-08: %j can be no place of an entry in a shim',
  bundledEntry => {
    expect(() => launchShim({ bundledEntry })).toThrow(JSON.stringify(bundledEntry));
  },
);
