import { expect, test } from 'vitest';
import type { NativeDependency, Pin } from '#src/natives/dependency.js';
import { withNatives } from '#src/plugins/locked-natives.js';
import { createPluginVerbs } from '#src/plugins/verbs.js';
import { readSettings } from '#src/settings.js';
import { fs } from '../../support/app-world.ts';
import { lockOf } from '../../support/plugins/installation.ts';
import { pluginWorld } from '../../support/plugins/plugin-world.ts';
import { testProvider } from '../../support/plugins/provider.ts';

const native = (name: string, pins: readonly Pin[], module = name): NativeDependency => ({
  ...{ name, module, pins, dir: null, build: false, optional: false },
});

const hash = `sha512-${'A'.repeat(86)}==`;

test('P-36: a native that a tree may supply belongs to the runtime, in the version that is pinned', () => {
  const lock = lockOf('react@18.3.1');
  const pins = [
    { name: 'node-pty', version: '1.1.0', hashes: [hash] },
    { name: 'node-addon-api', version: '7.1.1', hashes: [hash] },
  ];
  const { packages } = withNatives(lock, [native('node-pty', pins)]);
  expect(packages.filter(({ name }) => name !== 'react')).toEqual([
    {
      ...{ ecosystem: 'npm', name: 'node-pty', version: '1.1.0', integrity: hash },
      ...{ place: 'node_modules/node-pty', modules: ['node-pty'] },
    },
  ]);
});

test('P-36: a distribution of Python is known by its canonical name, and imported by its module', () => {
  const pins = [{ name: 'Fast_Math', version: '2.0', hashes: [`sha256:${'0'.repeat(64)}`] }];
  const { packages } = withNatives({ ...lockOf(), packages: [] }, [native('fast-math', pins, 'fast_math')]);
  expect(packages).toMatchObject([
    { ecosystem: 'python', name: 'fast-math', version: '2.0', modules: ['fast_math'] },
  ]);
});

test('P-36: what the runtime has in its own folder stays what it is, and what is not pinned is unknown', () => {
  const lock = lockOf('node-pty@1.0.0');
  const pinned = native('node-pty', [{ name: 'node-pty', version: '1.1.0', hashes: [hash] }]);
  expect(withNatives(lock, [pinned, native('other', [])])).toBe(lock);
});

test('P-36: a plugin that is called like a pinned native is refused, with the version that the runtime would load', async () => {
  const { options } = pluginWorld();
  const natives = [{ name: 'node-pty', install: { 'node-pty@1.1.0': hash } }];
  const plugins = createPluginVerbs({
    ...{ settings: readSettings({ ...options, natives }), lock: undefined },
    provider: async () => testProvider(fs, { 'node-pty': { version: '1.1.0' } }),
  });
  expect(await plugins.add('node-pty')).toMatchObject({
    outcome: 'failed',
    error: { code: 'PACKAGE_INVALID', message: expect.stringContaining('node-pty 1.1.0') },
  });
});
