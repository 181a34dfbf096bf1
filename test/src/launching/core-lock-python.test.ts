import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { serializeLock } from '#src/core-lock/lock-file.js';
import { lockOf } from '#src/core-lock/locking.js';
import { coreLockName } from '#src/core-lock/place.js';
import { readPythonTree } from '#src/core-lock/python-tree.js';
import { createLauncher } from '#src/launcher.js';
import { probeAbi } from '#src/natives/probe.js';
import type { StagedoorOptions } from '#src/options.js';
import { pluginLayout, pluginRecordName } from '#src/plugins/place.js';
import { readAttempts } from '#src/store/attempts.js';
import { readJournal } from '#src/store/journal.js';
import { commitPointer } from '#src/store/pointer.js';
import { type AppWorld, fs, newWorld, until } from '../../support/app-world.ts';
import { writeFiles } from '../../support/core-lock/guarded-world.ts';
import { distribution, saying } from '../../support/natives/guarded-python.ts';
import { interpreters } from '../../support/natives/interpreters.ts';
import { writeTreeList } from '../../support/plugins/tree-list.ts';

const pythons = interpreters();
if (pythons.length === 0) console.warn('Python runtimes are not guarded here: there is no Python');

/** Says what it was told, and where its package and that of its plugin come from. */
const program = `
import json, os, sys, time
sys.path.insert(0, os.environ["HOSTILE"])
import core
try:
    import chart
except ImportError:
    chart = None
told = {name: os.environ.get("STAGEDOOR_" + name) for name in ("CORE_LOCK", "CORE_LOCK_PATH", "PLUGINS")}
print("TOLD " + json.dumps({**told, "core": core.place, "chart": chart and chart.place, "chartsCore": chart and chart.core.place}), flush=True)
print("READY", flush=True)
time.sleep(60)
`;

const newPythonWorld = (): AppWorld & { readonly hostile: string } => {
  const world = newWorld({ files: { 'main.py': program } });
  const site = distribution('core', '1.0.0', saying('runtime', 'core.py'));
  writeFiles(path.join(world.bundled, 'site-packages'), site);
  const { lock } = lockOf(fs, { dir: world.bundled, metafile: null }, readPythonTree);
  writeFileSync(path.join(world.bundled, coreLockName), serializeLock(lock));
  const hostile = path.join(world.dir, 'hostile');
  writeFiles(hostile, saying('hostile', 'core.py'));
  return { ...world, hostile };
};

const modules = Array.from({ length: 12 }, (_, at) => `site-packages/fast${10 + at}`);

/** For another Python than any that is here. */
const foreign = {
  record: { compiled: { abi: 'linux-x64-glibc-cpython-399', unfit: [] } },
  files: Object.fromEntries(modules.map(module => [`${module}.cpython-399-x86_64-linux-gnu.so`, 'ELF'])),
};

const installPlugin = async (
  { layout }: AppWorld,
  { record, files }: { readonly record: object; readonly files: object } = { record: {}, files: {} },
): Promise<string> => {
  const own = pluginLayout(layout.root, 'python', 'chart');
  const stamp = '0.1.0-one';
  const tree = own.version(stamp);
  writeFiles(tree, {
    'site-packages/chart.py': 'import core\nplace = "plugin"\n',
    ...files,
    [pluginRecordName]: {
      ...record,
      ...{ schema: 1, stagedoor: '0.1.0', version: '1.0', stripped: [] },
      wish: { ecosystem: 'python', name: 'chart', spec: null },
      packages: [{ name: 'chart', version: '1.0', integrity: 'sha256-x', place: 'site-packages' }],
      demands: [{ as: 'core', name: 'core', range: '>=1', chain: ['chart@1.0'] }],
    },
  });
  await commitPointer(fs, own, { version: stamp, tree: writeTreeList(tree, 'chart', stamp) });
  return path.join(tree, 'site-packages');
};

const launch = async (
  { hostile, ...world }: ReturnType<typeof newPythonWorld>,
  exec: string,
  options: Partial<StagedoorOptions> = {},
) => {
  const env = { ...process.env, HOSTILE: hostile, PYTHONDONTWRITEBYTECODE: '1' };
  const launcher = createLauncher({
    ...{ ...world.options, exec, env, entry: 'main.py', probe: 'stdout:READY' },
    ...options,
  });
  onTestFinished(() => launcher.stop());
  let output = '';
  launcher.on('runtime:output', ({ chunk }) => {
    output += chunk.toString();
  });
  const started = await launcher.start();
  expect({ output, ...started }).toMatchObject({ outcome: 'running' });
  const [, text = '{}'] = /^TOLD (.*)$/m.exec(output) ?? [];
  await until(() => readAttempts(fs, world.layout)[0]?.state === 'ready');
  return { told: JSON.parse(text) as unknown, attempts: readAttempts(fs, world.layout) };
};

describe.each(pythons)('a runtime of Python $version without natives', ({ exec }) => {
  test('K-06: with plugins it is led by its lock, and told where they are', async () => {
    const world = newPythonWorld();
    const site = await installPlugin(world);
    const { told, attempts } = await launch(world, exec);
    expect(told).toEqual({
      ...{ CORE_LOCK: '1', CORE_LOCK_PATH: path.join(world.bundled, coreLockName) },
      PLUGINS: JSON.stringify({ npm: {}, python: { chart: site } }),
      ...{ core: 'runtime', chart: 'plugin', chartsCore: 'runtime' },
    });
    expect(attempts).toMatchObject([{ identity: { problem: null } }]);
  });

  test('P-34: a plugin that is compiled for another Python is left out, and told with both', async () => {
    const world = newPythonWorld();
    await installPlugin(world, foreign);
    const { told } = await launch(world, exec);
    expect(told).toMatchObject({ PLUGINS: null, chart: null });
    const line = readJournal(fs, world.layout, 100).find(({ event }) => event === 'plugin.misbuilt');
    expect(line).toMatchObject({
      ...{ ecosystem: 'python', name: 'chart', builtFor: 'linux-x64-glibc-cpython-399' },
      ...{ abi: (await probeAbi(exec))?.tag, hint: expect.stringContaining('--exec') },
      unfit: modules.slice(0, 8).map(what => ({ what, has: ['*.cpython-399-x86_64-linux-gnu.so'] })),
      count: 12,
    });
  });

  test.each([
    ['true', true, { CORE_LOCK: '1', core: 'runtime' }],
    ['not there', undefined, { CORE_LOCK: null, core: 'hostile' }],
  ])('K-06: without plugins, and with the option coreLock %s', async (_, coreLock, expected) => {
    const world = newPythonWorld();
    const { told } = await launch(world, exec, { coreLock });
    expect(told).toMatchObject({ ...expected, PLUGINS: null, chart: null });
  });
});
