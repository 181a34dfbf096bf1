import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import byName, { StagedoorPlugin } from '#src/builders/forge.js';
import { makePackage } from '#src/testing/packages.js';
import {
  type BuildWorld,
  buildWorld,
  isWhole,
  put,
  putExecutable,
  putNative,
  runtime,
} from '../../support/builders/build-world.ts';
import { factoryStates, soundStates, wireBytes } from '../../support/builders/fuse-wire.ts';
import { crossBytes } from '../../support/natives/cross-files.ts';

type Platform = 'linux' | 'win32' | 'darwin';
type Packaging = {
  readonly platform?: Platform;
  readonly arch?: string;
  readonly states?: string;
  readonly prune?: boolean;
};

let world: BuildWorld;
beforeEach(async () => {
  world = await buildWorld();
});

/** The packager's order of work, as far as a plugin sees it: copy, prune, rename, tell where it is. */
const packaged = async (
  plugin: StagedoorPlugin,
  { platform = 'linux', arch = 'x64', states = soundStates, prune = true }: Packaging = {},
) => {
  const config = { packagerConfig: prune ? {} : { prune } };
  plugin.init(world.project);
  const hooks = plugin.getHooks();
  await hooks.prePackage(config, platform, arch);
  const output = path.join(world.out, `My App-${platform}-${arch}`);
  const contents = path.join(output, 'Electron.app', 'Contents');
  const mac = platform === 'darwin';
  const resources = mac ? path.join(contents, 'Resources') : path.join(output, 'resources');
  const ending = platform === 'win32' ? '.exe' : '';
  const executable = mac ? path.join(contents, 'MacOS', 'Electron') : path.join(output, `electron${ending}`);
  putExecutable(executable, states);
  if (mac)
    put(
      path.join(contents, 'Frameworks/Electron Framework.framework/Electron Framework'),
      wireBytes({ states }),
    );
  const app = path.join(resources, 'app');
  mkdirSync(app, { recursive: true });
  await hooks.packageAfterCopy(config, app, '43.0.0', platform, arch);
  putNative(app, 'addon', crossBytes(platform === 'win32' ? 'win32-x64-msvc' : 'linux-x64-gnu'));
  if (prune) await hooks.packageAfterPrune(config, app, '43.0.0', platform, arch);
  rmSync(app, { recursive: true });
  renameSync(executable, path.join(path.dirname(executable), `My App${ending}`));
  if (mac) renameSync(path.join(output, 'Electron.app'), path.join(output, 'My App.app'));
  const finish = () => hooks.postPackage(config, { platform, arch, outputPaths: [output] });
  return {
    output,
    finish,
    resources: mac ? path.join(output, 'My App.app', 'Contents', 'Resources') : resources,
  };
};

describe('StagedoorPlugin', () => {
  test.each([
    ['linux', '../../My App'],
    ['win32', '../../My App.exe'],
    ['darwin', '../../MacOS/My App'],
  ] as const)(
    'C-06: on %s the runtime is in the resources, with shims for the executable as it will be called',
    async (platform, exec) => {
      const { resources, finish } = await packaged(new StagedoorPlugin(world.options), { platform });
      await finish();
      const runtime = path.join(resources, 'runtime');
      expect(await isWhole(runtime)).toBe(true);
      expect(readFileSync(path.join(runtime, 'stagedoor-launch'), 'utf8')).toContain(exec);
      expect(existsSync(path.join(runtime, ...exec.split('/')))).toBe(true);
    },
  );

  test("natives are taken when Forge has built and pruned the app's modules for the target", async () => {
    putNative(world.project, 'addon', crossBytes('linux-arm64-gnu'));
    const plugin = new StagedoorPlugin({ ...world.options, natives: [{ name: 'addon' }] });
    const { resources } = await packaged(plugin, { platform: 'win32' });
    const addon = path.join(resources, 'runtime', 'node_modules', 'addon', 'build', 'Release', 'addon.node');
    expect(readFileSync(addon).equals(crossBytes('win32-x64-msvc'))).toBe(true);
  });

  test('without pruning it bundles after the copy, with the natives of the project', async () => {
    putNative(world.project, 'addon', crossBytes('linux-x64-gnu'));
    const plugin = new StagedoorPlugin({ ...world.options, natives: [{ name: 'addon' }] });
    const { finish } = await packaged(plugin, { prune: false });
    await finish();
    const wrong = packaged(plugin, { prune: false, platform: 'win32' });
    await expect(wrong).rejects.toMatchObject({ code: 'NATIVE_ABI_MISMATCH' });
  });

  test('U-05: the runtime is the newest for the version of the app', async () => {
    for (const [version, range] of [
      ['1.2.0', '>=2.3.4'],
      ['1.3.0', '>=2.3.5'],
    ] as const)
      world.registry.publish(makePackage(runtime(version, { engines: { 'My App': range } })));
    const { resources } = await packaged(new StagedoorPlugin(world.options));
    const manifest = readFileSync(path.join(resources, 'runtime', 'package.json'), 'utf8');
    expect(JSON.parse(manifest)).toMatchObject({ version: '1.2.0' });
  });

  test('a package with a fuse that is refused fails', async () => {
    const { finish } = await packaged(new StagedoorPlugin(world.options), { states: factoryStates });
    await expect(finish()).rejects.toMatchObject({ name: 'BuildError', code: 'FUSES_UNSAFE' });
  });

  test('a package out of which the runtime has gone fails', async () => {
    const { finish, resources } = await packaged(new StagedoorPlugin(world.options));
    rmSync(path.join(resources, 'runtime'), { recursive: true });
    await expect(finish()).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('the bundled runtime is not at'),
    });
  });

  test('a package whose executable has another name than the shims call fails', async () => {
    const { finish, output } = await packaged(new StagedoorPlugin(world.options));
    renameSync(path.join(output, 'My App'), path.join(output, 'other'));
    await expect(finish()).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('executableName'),
    });
  });

  test('a universal app is refused before anything is packaged', async () => {
    const plugin = new StagedoorPlugin(world.options);
    await expect(packaged(plugin, { platform: 'darwin', arch: 'universal' })).rejects.toMatchObject({
      code: 'USAGE',
    });
  });

  test('a name that the packager would rewrite is not guessed at', async () => {
    put(path.join(world.project, 'package.json'), '{"name":"@scope/my-app"}');
    await expect(packaged(new StagedoorPlugin(world.options))).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('"@scope/my-app" is no file name'),
    });
  });

  test('Forge knows it by its mark, and takes it by the name of its module', () => {
    expect(new byName(world.options)).toMatchObject({ __isElectronForgePlugin: true, name: 'stagedoor' });
  });
});
