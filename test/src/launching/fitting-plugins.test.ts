import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Ecosystem } from '#machines/contract.js';
import { loadablePlugins, wholePlugins } from '#src/launching/fitting-plugins.js';
import { misbuiltAmong } from '#src/launching/plugin-builds.js';
import { installedPlugins } from '#src/plugins/installed.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { temporaryFolder } from '../../support/folder.ts';
import { pythonOn } from '../../support/natives/abis.ts';
import { installCompiled } from '../../support/plugins/compiled-plugin.ts';
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

test('P-34: without anything compiled no executable is asked; one that is asked and says nothing leaves nothing out', async () => {
  const store = temporaryFolder();
  const asked = path.join(store, 'asked');
  const exec = path.join(store, 'node');
  writeFileSync(exec, `#!/bin/sh\n: > ${asked}\nexit 1\n`, { mode: 0o755 });
  const told: unknown[] = [];
  const listener = {
    misbuilt: (one: unknown) => told.push(one),
    failed: (error: unknown) => told.push(error),
  };
  await addPlugin(effectsOn(fs, store, { chart: { version: '1.0.0' } }), wishFor('chart'));
  const { plugins } = installedPlugins(fs, store);
  expect(await loadablePlugins({ fs, exec }, plugins, listener)).toEqual(plugins);
  expect(existsSync(asked)).toBe(false);
  const compiled = plugins.map(one => ({ ...one, compiled: { abi: 'another-node1', unfit: [] } }));
  expect(await loadablePlugins({ fs, exec }, compiled, listener)).toEqual(compiled);
  expect(existsSync(asked)).toBe(true);
  expect(told).toEqual([]);
});

test('P-34: of a plugin for another kind of runtime than the executable nothing is known: it stays', async () => {
  const python = pythonOn('cpython-312-x86_64-linux-gnu', '3.12.4');
  const module = 'chart.cpython-311-x86_64-linux-gnu.so';
  const install = (file: string, ecosystem: Ecosystem) =>
    installCompiled(temporaryFolder(), { [file]: 'ELF' }, null, ecosystem);
  const ofNode = await install(`node_modules/chart/${module}`, 'npm');
  const ofPython = await install(`site-packages/${module}`, 'python');
  expect(misbuiltAmong(fs, [ofNode, ofPython], python)).toMatchObject([{ plugin: ofPython }]);
});
