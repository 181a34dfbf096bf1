import { expect, test } from 'vitest';
import { wholePlugins } from '#src/launching/fitting-plugins.js';
import { installedPlugins } from '#src/plugins/installed.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { temporaryFolder } from '../../support/folder.ts';
import { addPlugin, effectsOn, wishFor } from '../../support/plugins/installation.ts';

test('P-09: a plugin that can not be looked at is left out and told, and one that is whole is used', async () => {
  const store = temporaryFolder();
  await addPlugin(effectsOn(fs, store, { chart: { version: '1.0.0' } }), wishFor('chart'));
  const { plugins } = installedPlugins(fs, store);
  const told: unknown[] = [];
  const listener = {
    damaged: (one: unknown) => told.push(one),
    failed: (error: unknown) => told.push(error),
  };
  expect(await wholePlugins({ fs }, plugins, listener)).toEqual(plugins);
  expect(told).toEqual([]);
  const fault = Object.assign(new Error('no more files'), { code: 'EMFILE' });
  const exhausted = {
    ...fs,
    readFileSync: () => {
      throw fault;
    },
    promises: { ...fs.promises, open: () => Promise.reject(fault), readFile: () => Promise.reject(fault) },
  } as unknown as typeof fs;
  expect(await wholePlugins({ fs: exhausted }, plugins, listener)).toEqual([]);
  expect(told).toHaveLength(1);
});
