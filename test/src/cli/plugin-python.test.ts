import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { serializeLock } from '#src/core-lock/lock-file.js';
import { coreLockName } from '#src/core-lock/place.js';
import { temporaryFolder } from '../../support/folder.ts';
import { lockWith, newestPython, wheel } from '../../support/natives/python-plugins.ts';
import { fromFolder } from '../../support/natives/python-trees.ts';
import { json } from './command-line.ts';
import { makeWorld, program } from './world.ts';

if (newestPython.exec === '')
  console.log('skipped: plugins of Python on the command line, because no Python with pip 22.2 is here');

describe.skipIf(newestPython.exec === '')('plugins of Python on the command line', () => {
  test('K-05, K-08: a distribution is added under the lock, refused where it does not fit, checked and removed', async () => {
    const world = await makeWorld();
    const wheels = temporaryFolder();
    fromFolder(wheels);
    world.bundle(program('1.0.0'));
    const relock = (version: string): void =>
      writeFileSync(
        path.join(world.bundled, coreLockName),
        serializeLock(lockWith({ pydantic: [version, 'pydantic'] })),
      );
    relock('2.5.0');
    world.config({ exec: newestPython.exec });
    wheel(wheels, 'chart_plugin', '1.2.0', { needs: ['pydantic>=2,<3'] });
    wheel(wheels, 'older_plugin', '0.9', { needs: ['pydantic<2'] });
    try {
      const added = await world.run('plugin', 'add', 'python:Chart_Plugin==1.2.0');
      expect(added).toMatchObject({ code: 0, stderr: '' });
      expect(added.stdout).toBe(
        'python:chart-plugin 1.2.0 is installed; the runtime finds it with its next launch.\nThe runtime gives it pydantic 2.5.0.\n',
      );
      const refused = await world.run('plugin', 'add', '--python', 'older-plugin');
      expect(refused.code).toBe(1);
      expect(refused.stdout).toContain(
        'older-plugin@0.9 needs pydantic <2, the runtime has pydantic 2.5.0: update the runtime, or add a version of the plugin that takes pydantic 2.5.0',
      );
      const own = await world.run('plugin', 'add', 'python:Pydantic');
      expect(own.code).toBe(1);
      expect(own.stderr).toContain("pydantic can't be a plugin: it belongs to the runtime");
      const listed = json(await world.run('plugin', 'list', '--json')) as {
        readonly plugins: readonly { readonly name: string; readonly folder: string }[];
      };
      expect(listed.plugins.map(({ name }) => name)).toEqual(['chart-plugin']);
      expect(existsSync(path.join(listed.plugins[0]?.folder ?? '', 'chart_plugin.py'))).toBe(true);
      expect(await world.run('plugin', 'check')).toMatchObject({ code: 0 });
      relock('3.0.0');
      const checked = await world.run('plugin', 'check');
      expect(checked.code).toBe(1);
      expect(checked.stdout).toContain('needs pydantic <3,>=2, the runtime has pydantic 3.0.0');
      expect((await world.run('plugin', 'remove', 'python:chart.plugin')).stdout).toBe(
        'python:chart-plugin 1.2.0 is removed.\n',
      );
    } finally {
      await world.close();
    }
  });
});
