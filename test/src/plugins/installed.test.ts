import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { installedPlugins } from '#src/plugins/installed.js';
import { pluginRecordName } from '#src/plugins/place.js';
import { parsePluginRecord, serializePluginRecord } from '#src/plugins/record.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { temporaryFolder } from '../../support/folder.ts';
import { addPlugin, effectsOn, wishFor } from '../../support/plugins/installation.ts';

const withPlugin = async (name = '@some/chart') => {
  const store = temporaryFolder();
  await addPlugin(effectsOn(fs, store, { [name]: { version: '1.0.0' } }), wishFor(name));
  const [plugin] = installedPlugins(fs, store).plugins;
  if (plugin === undefined) throw new Error('nothing is installed');
  const { layout, stamp } = plugin;
  const tree = layout.version(stamp);
  return {
    store,
    layout,
    tree,
    record: path.join(tree, pluginRecordName),
    plugins: path.dirname(layout.root),
  };
};
type Place = Awaited<ReturnType<typeof withPlugin>>;

const text = (record: object): string => JSON.stringify(record);
const recordOf = (name: string, place = `node_modules/${name}`): object => ({
  ...{ schema: 1, stagedoor: '0.1.0', wish: { ecosystem: 'npm', name, spec: null }, version: '1.0.0' },
  packages: [{ name, version: '1.0.0', integrity: 'sha512-x', place }],
  ...{ demands: [], stripped: [] },
});

const damages: Readonly<Record<string, readonly [spoil: (place: Place) => void, reason: string]>> = {
  'a pointer that is no JSON': [({ layout }) => writeFileSync(layout.current, '{'), 'pointer is invalid'],
  'a pointer out of the store': [
    ({ layout }) =>
      writeFileSync(layout.current, text({ schema: 1, version: '../../..', seq: 1, tree: null })),
    'pointer is invalid',
  ],
  'a pointer to nothing': [
    ({ layout }) => writeFileSync(layout.current, text({ schema: 1, version: '9.9.9', seq: 1, tree: null })),
    'folder is missing',
  ],
  'a link in place of the tree': [
    ({ tree, store }) => {
      renameSync(tree, path.join(store, 'elsewhere'));
      symlinkSync(path.join(store, 'elsewhere'), tree);
    },
    'folder is missing',
  ],
  'no record': [({ record }) => rmSync(record), 'record is missing or damaged'],
  'a record that is a folder': [
    ({ record }) => {
      rmSync(record);
      mkdirSync(record);
    },
    'record is missing or damaged',
  ],
  'a record that would never end': [
    ({ record }) => {
      rmSync(record);
      execFileSync('mkfifo', [record]);
    },
    'record is missing or damaged',
  ],
  'a record that is too large': [
    ({ record }) => writeFileSync(record, `${text(recordOf('@some/chart'))}${' '.repeat(2 ** 23)}`),
    'record is missing or damaged',
  ],
  'the record of another plugin': [
    ({ record }) => writeFileSync(record, text(recordOf('react'))),
    'record is that of another plugin',
  ],
  'a record whose name leads out of the tree': [
    ({ record }) => writeFileSync(record, text(recordOf('../../../chart'))),
    'record is missing or damaged',
  ],
  'a record whose package lies elsewhere': [
    ({ record }) => writeFileSync(record, text(recordOf('@some/chart', '../../elsewhere'))),
    'record is missing or damaged',
  ],
  'no package': [
    ({ tree }) => rmSync(path.join(tree, 'node_modules/@some'), { recursive: true }),
    'package is missing',
  ],
  'a link in place of the package': [
    ({ tree, store }) => {
      const folder = path.join(tree, 'node_modules/@some/chart');
      renameSync(folder, path.join(store, 'elsewhere'));
      symlinkSync(path.join(store, 'elsewhere'), folder);
    },
    'package is missing',
  ],
};

test.for(Object.entries(damages))(
  'P-06: a plugin with %s is told as damaged, and nothing is thrown',
  async ([, [spoil, reason]]) => {
    const place = await withPlugin();
    spoil(place);
    const about = { ecosystem: 'npm', name: '@some/chart', reason: expect.stringContaining(reason) };
    expect(installedPlugins(fs, place.store)).toEqual({ plugins: [], damaged: [about] });
  },
);

test('P-06: what is no store of a plugin is nobody`s plugin', async () => {
  const { store, layout, plugins } = await withPlugin();
  const known = installedPlugins(fs, store);
  for (const name of ['Chart', 'a b', '@some+chart+more', '..x', '+', '@some'])
    cpSync(layout.root, path.join(plugins, name), { recursive: true });
  symlinkSync(layout.root, path.join(plugins, 'linked'));
  writeFileSync(path.join(plugins, 'file'), '');
  mkdirSync(path.join(plugins, 'empty'));
  mkdirSync(path.join(store, 'plugins', 'cargo', 'chart'), { recursive: true });
  const { plugins: found, damaged } = installedPlugins(fs, store);
  expect(found).toHaveLength(known.plugins.length);
  expect(damaged).toEqual([]);
});

test('P-06: a link in place of all plugins leads to nothing that is installed', async () => {
  const { store } = await withPlugin();
  renameSync(path.join(store, 'plugins'), path.join(store, 'elsewhere'));
  symlinkSync(path.join(store, 'elsewhere'), path.join(store, 'plugins'));
  expect(installedPlugins(fs, store)).toEqual({ plugins: [], damaged: [] });
  expect(installedPlugins(fs, path.join(store, 'none'))).toEqual({ plugins: [], damaged: [] });
});

test('K-05: a record is written as it is read, also of a name in another case', () => {
  const record = parsePluginRecord(text(recordOf('Chart')));
  if (record === null) throw new Error('it is no record');
  const full = {
    ...record,
    demands: [{ as: 'old-react', name: 'react', range: '', chain: ['Chart@1.0.0', 'b@2.0.0'] }],
    stripped: ['react', 'zod'],
    compiled: { abi: 'linux-x64-glibc-node127', unfit: ['node_modules/b'] },
  };
  expect(parsePluginRecord(serializePluginRecord(full))).toEqual(full);
});

test('P-34: what a record says of compiled files is looked at like the rest; one that says nothing of them is as good', () => {
  const parse = (compiled: unknown) => parsePluginRecord(text({ ...recordOf('chart'), compiled }));
  expect(parsePluginRecord(text(recordOf('chart')))).toMatchObject({ version: '1.0.0', compiled: null });
  expect(parse({ abi: null, unfit: [] })).toMatchObject({ compiled: { abi: null, unfit: [] } });
  const hostile = [
    null,
    'x',
    {},
    { abi: 5, unfit: [] },
    { abi: 'x', unfit: 'y' },
    { abi: '\u001b[31m', unfit: [] },
  ];
  for (const compiled of [...hostile, { abi: 'x', unfit: ['a\nb'] }]) expect(parse(compiled)).toBeNull();
});
