import { readdirSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { installedPlugins } from '#src/plugins/installed.js';
import type { PluginProvider } from '#src/plugins/provider.js';
import { createPythonProvider } from '#src/plugins/python/provider.js';
import { createPluginVerbs } from '#src/plugins/verbs.js';
import { readSettings } from '#src/settings.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { temporaryFolder } from '../../../support/folder.ts';
import { lockWith, newestPython, wheel } from '../../../support/natives/python-plugins.ts';
import { fromFolder } from '../../../support/natives/python-trees.ts';
import { pluginWorld } from '../../../support/plugins/plugin-world.ts';

const { exec } = newestPython;

let wheels: string;
beforeEach(() => {
  wheels = temporaryFolder();
  fromFolder(wheels);
});

const newWorld = () => {
  const { options, layout } = pluginWorld(lockWith({ pydantic: ['2.5.0', 'pydantic'] }));
  const over = (more: Partial<PluginProvider> = {}) =>
    createPluginVerbs({
      ...{ settings: readSettings(options), lock: undefined },
      provider: async () => ({ ...createPythonProvider({ exec }), ...more }),
    });
  const brought = () =>
    Object.fromEntries(
      installedPlugins(fs, layout.root).plugins.map(({ name, packages }) => [
        name,
        packages.map(one => `${one.name} ${one.version}`),
      ]),
    );
  return { ...over(), over, brought, layout };
};

const pinned = (name: string, version: string, need: string): void => {
  wheel(wheels, name, version, { needs: [need] });
};

describe.skipIf(exec === '')('plugins of Python beside each other', () => {
  beforeEach(() => {
    wheel(wheels, 'common', '1.0');
    wheel(wheels, 'common', '2.0');
    pinned('pa', '1.0', 'common==1.0');
  });

  test('K-05: another version of what a plugin has brought is refused with both plugins, both versions and the way out', async () => {
    const { add, check, brought, layout } = newWorld();
    pinned('pb', '1.0', 'common==2.0');
    expect(await add('python:pa')).toMatchObject({ outcome: 'installed' });
    expect(await add('python:pb')).toMatchObject({
      ...{ outcome: 'refused', name: 'pb', version: '1.0' },
      reasons: [
        'pb@1.0 brings common 2.0, and the plugin pa@1.0 common 1.0: only one of them could be imported: add a version of it that goes with the other plugin, or remove python:pa',
      ],
    });
    expect(readdirSync(path.join(layout.root, 'plugins/python'))).toEqual(['pa']);
    expect(await check()).toMatchObject({ outcome: 'ok' });
    expect(brought()).toEqual({ pa: ['pa 1.0', 'common 1.0'] });
  });

  test('K-05: of versions that a plugin takes that of the other one is preferred, and an update does not stand in its own way', async () => {
    const { add, brought } = newWorld();
    pinned('pa', '2.0', 'common==2.0');
    pinned('pc', '1.0', 'common');
    expect(await add('python:pa==1.0')).toMatchObject({ outcome: 'installed' });
    expect(await add('python:pc')).toMatchObject({ outcome: 'installed' });
    expect(brought()).toEqual({ pa: ['pa 1.0', 'common 1.0'], pc: ['pc 1.0', 'common 1.0'] });
    expect(await add('python:pa==2.0')).toMatchObject({ outcome: 'refused' });
    const alone = newWorld();
    expect(await alone.add('python:pa==1.0')).toMatchObject({ outcome: 'installed' });
    expect(await alone.add('python:pa==2.0')).toMatchObject({ outcome: 'installed', replaced: '1.0' });
    expect(alone.brought()).toEqual({ pa: ['pa 2.0', 'common 2.0'] });
  });

  test('K-05: a module of two distributions is refused once it is unpacked, and nothing is left; check tells of what is there already', async () => {
    const { add, check, over, layout } = newWorld();
    wheel(wheels, 'other', '3.0', { files: ['common.py'] });
    pinned('pd', '1.0', 'other');
    expect(await add('python:pa')).toMatchObject({ outcome: 'installed' });
    const reason =
      'pd@1.0 brings the module common of other 3.0, and the plugin pa@1.0 the module common of common 1.0: only one of them could be imported: add a version of it that goes with the other plugin, or remove python:pa';
    expect(await add('python:pd')).toMatchObject({ outcome: 'refused', reasons: [reason] });
    expect(readdirSync(path.join(layout.root, 'plugins/python'))).toEqual(['pa']);
    const unaware = { beside: () => [] };
    expect(await over(unaware).add('python:pd')).toMatchObject({ outcome: 'installed' });
    expect(await check()).toMatchObject({
      outcome: 'problems',
      plugins: [
        { name: 'pa', state: 'conflict', conflicts: [{ reason: 'beside', beside: 'pd@1.0' }] },
        { name: 'pd', state: 'conflict', reasons: [reason] },
      ],
    });
  });
});
