import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { StagedoorOptions } from '#src/options.js';
import { type AppWorld, newLauncher, newShell, newWorld, record } from '../../support/app-world.ts';
import { crossFile } from '../../support/natives/cross-files.ts';
import { abiTag } from '../../support/natives/own-tag.ts';

/** A world whose bundle has a native for that system. */
const worldWith = (system: string): AppWorld => {
  const world = newWorld();
  const release = path.join(world.bundled, 'node_modules/pty/build/Release');
  mkdirSync(release, { recursive: true });
  writeFileSync(path.join(release, '../../package.json'), '{"name":"pty"}');
  cpSync(crossFile(system), path.join(release, 'native.node'));
  return world;
};

const natives: Partial<StagedoorOptions> = { natives: [{ name: 'pty' }] };
const names = ['natives:installing', 'natives:waiting', 'natives:settled', 'runtime:starting'] as const;

test('N-07: a launcher tells that its natives fit nowhere, and starts nothing', async () => {
  const launcher = newLauncher(worldWith('win32-arm64-msvc'), natives);
  const told = record(launcher, ...names);
  expect(await launcher.start()).toMatchObject({
    outcome: 'exhausted',
    error: { code: 'NATIVE_ABI_MISMATCH' },
  });
  expect(told).toEqual([
    {
      name: 'natives:settled',
      event: {
        outcome: 'unavailable',
        tag: abiTag,
        places: [],
        tree: null,
        error: expect.objectContaining({ code: 'NATIVE_ABI_MISMATCH' }),
        fault: null,
      },
    },
  ]);
});

test('N-05: a launcher never installs, whatever is pinned', async () => {
  const install = { 'pty@1.0.0': `sha512-${'A'.repeat(86)}==` };
  const launcher = newLauncher(worldWith('win32-arm64-msvc'), { natives: [{ name: 'pty', install }] });
  const told = record(launcher, ...names);
  expect(await launcher.start()).toMatchObject({ outcome: 'exhausted' });
  expect(told.map(({ name }) => name)).toEqual(['natives:settled']);
});

const own = process.platform === 'linux' ? `linux-${process.arch}-gnu` : 'darwin-universal';
test('N-05: silence where everything fits, and where there are no natives', async () => {
  for (const [world, options] of [
    [worldWith(own), natives],
    [newWorld(), {}],
  ] as const) {
    const shell = newShell(world, options);
    const told = record(shell, ...names);
    expect(await shell.start()).toMatchObject({ outcome: 'running' });
    expect(told.map(({ name }) => name)).toEqual(['runtime:starting']);
    await shell.stop();
  }
});
