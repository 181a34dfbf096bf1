import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { installedPlugins } from '#src/plugins/installed.js';
import { misbuiltFor } from '#src/plugins/misbuilt.js';
import { pluginRecordName } from '#src/plugins/place.js';
import { createPluginVerbs } from '#src/plugins/verbs.js';
import { readSettings } from '#src/settings.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { temporaryFolder } from '../../support/folder.ts';
import { nodeFor, pythonOn } from '../../support/natives/abis.ts';
import { crossBytes, pythonModule } from '../../support/natives/cross-files.ts';
import {
  type CompiledFiles,
  compiledProvider,
  installCompiled,
  manifestText,
} from '../../support/plugins/compiled-plugin.ts';
import { pluginWorld } from '../../support/plugins/plugin-world.ts';

const here = nodeFor('linux-x64-glibc', '115');
const upgraded = nodeFor('linux-x64-glibc', '127');
const elsewhere = nodeFor('linux-arm64-glibc', '115');

const file = crossBytes('linux-x64-gnu');
const chart = { 'node_modules/chart/package.json': manifestText('chart') };
/** For one ABI, by its name; and for all, by Node-API. */
const bound = { ...chart, 'node_modules/chart/prebuilds/linux-x64/node.abi115.node': file };
const free = { ...chart, 'node_modules/chart/prebuilds/linux-x64/node.napi.node': file };

const python312 = pythonOn('cpython-312-x86_64-linux-gnu', '3.12.4');
const python313 = pythonOn('cpython-313-x86_64-linux-gnu', '3.13.1');
const module = pythonModule();

const unfit = (what: string, ...has: readonly string[]) => ({ what, has });

describe('P-34: the record of a plugin says which ABI it was resolved for, where something in it is compiled', () => {
  test.each<readonly [string, CompiledFiles, object | undefined]>([
    ['nothing is', chart, undefined],
    ['a .node file', free, { abi: here.tag, unfit: [] }],
    ['a .dylib', { ...chart, 'node_modules/chart/a.dylib': '' }, { abi: here.tag, unfit: [] }],
    [
      'a file that did not fit even then',
      { ...chart, 'node_modules/chart/prebuilds/win32-x64/a.node': crossBytes('win32-x64-msvc') },
      { abi: here.tag, unfit: ['node_modules/chart'] },
    ],
  ])('%s', async (_, files, compiled) => {
    const { layout, stamp } = await installCompiled(temporaryFolder(), files, here);
    const record: unknown = JSON.parse(
      readFileSync(path.join(layout.version(stamp), pluginRecordName), 'utf8'),
    );
    expect(record).toMatchObject({ version: '1.0.0' });
    expect((record as { compiled?: object }).compiled).toEqual(compiled);
  });
});

describe('P-34: known not to fit another executable', () => {
  test.each<readonly [string, CompiledFiles, typeof here, object | null]>([
    ['another ABI', bound, upgraded, { unfit: [unfit('node_modules/chart', 'ABI 115')] }],
    ['Node-API serves another ABI', free, upgraded, null],
    ['but not another processor', free, elsewhere, { unfit: [unfit('node_modules/chart', 'linux-x64')] }],
    [
      'a package that it brings',
      {
        ...chart,
        'node_modules/chart/node_modules/addon/package.json': manifestText('addon'),
        'node_modules/chart/node_modules/addon/prebuilds/linux-x64/node.abi115.node': file,
      },
      upgraded,
      { unfit: [unfit('node_modules/chart/node_modules/addon', 'ABI 115')] },
    ],
    [
      'what did not fit before is not in the way now',
      { ...chart, 'node_modules/chart/prebuilds/win32-x64/a.node': crossBytes('win32-x64-msvc') },
      upgraded,
      null,
    ],
    [
      'of what is no library its name says it',
      { ...chart, 'node_modules/chart/prebuilds/linux-x64/node.abi115.node': 'ELF' },
      upgraded,
      { unfit: [unfit('node_modules/chart', 'ABI 115')] },
    ],
    ['what nobody can judge', { ...chart, 'node_modules/chart/libchart.so': file }, upgraded, null],
  ])('npm: %s', async (_, files, abi, expected) => {
    const plugin = await installCompiled(temporaryFolder(), files, here);
    const found = misbuiltFor(fs, plugin, abi);
    if (expected === null) expect(found).toBeNull();
    else expect(found).toEqual({ builtFor: here.tag, abi: abi.tag, ...expected });
  });

  const tagged = (name: string, suffix = python312.soabi): CompiledFiles => ({
    'site-packages/chart/__init__.py': '',
    [`site-packages/chart/${name}.${suffix}.so`]: module,
  });
  test.each<readonly [string, CompiledFiles, object | null]>([
    [
      'the tag of the name is of another Python',
      tagged('fast'),
      { unfit: [unfit('site-packages/chart/fast', '*.cpython-312-x86_64-linux-gnu.so')] },
    ],
    [
      'of what is no library its name says it',
      { [`site-packages/fast.${python312.soabi}.so`]: 'ELF' },
      { unfit: [unfit('site-packages/fast', '*.cpython-312-x86_64-linux-gnu.so')] },
    ],
    ['the stable ABI', tagged('fast', 'abi3'), null],
    ['there is one for either', { ...tagged('fast'), ...tagged('fast', python313.soabi) }, null],
    ['there is a source of that name', { ...tagged('fast'), 'site-packages/chart/fast.py': '' }, null],
    ['it is a library, no module', { ...tagged('fast', 'abi3'), 'site-packages/x/lib.1.so': file }, null],
  ])('Python: %s', async (_, files, expected) => {
    const plugin = await installCompiled(temporaryFolder(), files, python312, 'python');
    expect(plugin.compiled).toEqual({ abi: python312.tag, unfit: [] });
    const found = misbuiltFor(fs, plugin, python313);
    if (expected === null) expect(found).toBeNull();
    else expect(found).toMatchObject(expected);
  });

  test('what was installed for this very ABI is not judged, nor a record of an earlier version of ours', async () => {
    const plugin = await installCompiled(temporaryFolder(), bound, here);
    const same = { abi: upgraded.tag, unfit: [] };
    expect(misbuiltFor(fs, { ...plugin, compiled: same }, upgraded)).toBeNull();
    expect(misbuiltFor(fs, { ...plugin, compiled: null }, upgraded)).toBeNull();
  });
});

const world = (files: CompiledFiles, loads: { abi: typeof here }) => {
  const { options, layout } = pluginWorld();
  const provider = async () => ({ ...compiledProvider(files, null), abi: async () => loads.abi });
  const plugins = createPluginVerbs({ settings: readSettings(options), lock: undefined, provider });
  return { plugins, layout };
};

test('P-34: list and check say what does not fit the executable and the way out; adding it again says what still does not', async () => {
  const loads = { abi: here };
  const { plugins, layout } = world(bound, loads);
  expect(await plugins.add('chart')).toMatchObject({ outcome: 'installed', unfit: [] });
  expect(await plugins.list()).toMatchObject({ plugins: [{ builtFor: here.tag, misbuilt: null }] });
  expect(await plugins.check()).toMatchObject({ outcome: 'ok', plugins: [{ state: 'ok' }] });
  loads.abi = upgraded;
  const reason = `it has nothing for ${upgraded.tag} in node_modules/chart (ABI 115), and was resolved for ${here.tag}: add the plugin again with --exec FILE, the executable of the runtime; if that stays, name another version of it`;
  expect(await plugins.list()).toMatchObject({ plugins: [{ builtFor: here.tag, misbuilt: reason }] });
  expect(await plugins.check()).toMatchObject({
    outcome: 'problems',
    plugins: [{ state: 'misbuilt', conflicts: [], reasons: [reason] }],
  });
  const again = await plugins.add('chart');
  expect(again).toMatchObject({ outcome: 'installed', unfit: ['node_modules/chart'] });
  expect(installedPlugins(fs, layout.root).plugins).toMatchObject([{ compiled: { abi: upgraded.tag } }]);
});
