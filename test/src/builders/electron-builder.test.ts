import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { afterPack, checkFuses } from '#src/builders/electron-builder.js';
import { makePackage } from '#src/testing/packages.js';
import {
  type BuildWorld,
  buildWorld,
  filesOf,
  isWhole,
  put,
  putNative,
  runtime,
} from '../../support/builders/build-world.ts';
import { factoryStates, soundStates } from '../../support/builders/fuse-wire.ts';
import { ownArch, packagedApp } from '../../support/builders/packaged-app.ts';
import { crossBytes, darwinSlice, forAbi } from '../../support/natives/cross-files.ts';

const posix = process.platform !== 'win32';
const onLinux = process.platform === 'linux';

let world: BuildWorld;
beforeEach(async () => {
  world = await buildWorld();
});

describe('afterPack', () => {
  test.each([
    ['linux', 'resources', '../../my-app'],
    ['win32', 'resources', '../../My App.exe'],
    ['darwin', 'My App.app/Contents/Resources', '../../MacOS/My App'],
    ['mas', 'My App.app/Contents/Resources', '../../MacOS/My App'],
  ] as const)(
    "C-06: on %s the runtime is in %s, with shims for the shell's own executable",
    async (platform, place, exec) => {
      const app = packagedApp(world, { platform });
      await afterPack(world.options)(app.context);
      expect(app.runtime).toBe(path.join(app.folder, place, 'runtime'));
      expect(JSON.parse(readFileSync(path.join(app.runtime, 'package.json'), 'utf8'))).toMatchObject({
        version: '1.1.0',
      });
      expect(readFileSync(path.join(app.runtime, 'stagedoor-launch'), 'utf8')).toContain(exec);
      expect(readFileSync(path.join(app.runtime, 'stagedoor-launch.cmd'), 'latin1')).toContain(
        exec.replaceAll('/', '\\'),
      );
      expect(await isWhole(app.runtime)).toBe(true);
    },
  );

  test.runIf(posix)(
    'L-08: its launch shim starts the bundled entry on the executable of the app',
    async () => {
      const app = packagedApp(world);
      await afterPack(world.options)(app.context);
      const env = { ...process.env, STAGEDOOR_ENTRY: '', STAGEDOOR_EXEC: '', PATH: '/usr/bin:/bin' };
      const shim = path.join(app.runtime, 'stagedoor-launch');
      expect(execFileSync(shim, ['x'], { env, encoding: 'utf8' })).toBe('1.1.0 x\n');
    },
  );

  test('takes an exact version, a folder of another name and the entry that is named', async () => {
    world.registry.publish(makePackage(runtime('1.2.0')));
    const app = packagedApp(world);
    await afterPack({ ...world.options, version: '1.1.0', folder: 'parts/engine', entry: 'cli.js' })(
      app.context,
    );
    const dir = path.join(app.resources, 'parts', 'engine');
    expect(JSON.parse(readFileSync(path.join(dir, 'package.json'), 'utf8'))).toMatchObject({
      version: '1.1.0',
    });
    expect(world.lines.at(-1)).toMatch(/^my-runtime 1\.1\.0 is bundled in .+engine \(\d+ files\)$/);
  });

  test('takes the runtime from a folder of the project, beside which an app of its own is built', async () => {
    put(
      path.join(world.project, 'runtime', 'package.json'),
      JSON.stringify({ name: 'my-runtime', version: '3.0.0', bin: 'cli.js' }),
    );
    put(path.join(world.project, 'runtime', 'cli.js'), '');
    const app = packagedApp(world);
    await afterPack({ ...world.options, from: 'runtime' })(app.context);
    expect(readdirSync(app.runtime)).toContain('cli.js');
    expect(await isWhole(app.runtime)).toBe(true);
  });

  test('an app that is built again gets the newer runtime in the place of the older', async () => {
    const app = packagedApp(world);
    await afterPack(world.options)(app.context);
    world.registry.publish(makePackage(runtime('1.2.0')));
    await afterPack(world.options)(app.context);
    expect(readFileSync(path.join(app.runtime, 'cli.js'), 'utf8')).toContain('1.2.0');
  });

  test('a universal app gets its runtime once, when its halves are one', async () => {
    putNative(world.project, 'addon', crossBytes('darwin-universal'));
    const options = { ...world.options, natives: [{ name: 'addon' }] };
    const half = packagedApp(world, {
      platform: 'darwin',
      arch: 1,
      appOutDir: path.join(world.out, 'mac-universal-x64-temp'),
    });
    await afterPack(options)(half.context);
    expect(existsSync(half.runtime)).toBe(false);
    const whole = packagedApp(world, {
      platform: 'darwin',
      arch: 4,
      appOutDir: path.join(world.out, 'mac-universal'),
    });
    await afterPack(options)(whole.context);
    expect(existsSync(path.join(whole.runtime, 'node_modules', 'addon'))).toBe(true);
  });
});

describe("natives are the target's", () => {
  const natives = [{ name: 'addon' }];
  const bytesIn = (dir: string) =>
    readFileSync(path.join(dir, 'node_modules', 'addon', 'build', 'Release', 'addon.node'));

  test('what the app has unpacked goes before what the project holds', async () => {
    const app = packagedApp(world, { platform: 'win32', arch: 3 });
    putNative(world.project, 'addon', crossBytes('linux-x64-gnu'));
    putNative(path.join(app.resources, 'app.asar.unpacked'), 'addon', crossBytes('win32-arm64-msvc'));
    await afterPack({ ...world.options, natives })(app.context);
    expect(bytesIn(app.runtime).equals(crossBytes('win32-arm64-msvc'))).toBe(true);
  });

  test('U-07: a module of the machine that builds is refused for another target', async () => {
    const app = packagedApp(world, { platform: 'win32', arch: 1 });
    putNative(world.project, 'addon', crossBytes('linux-x64-gnu'));
    const before = filesOf(world.out);
    await expect(afterPack({ ...world.options, natives })(app.context)).rejects.toMatchObject({
      name: 'BuildError',
      code: 'NATIVE_ABI_MISMATCH',
      message: expect.stringMatching(
        /for win32-x64, Electron 43\.0\.0, addon in .+ does not fit: wanted is win32-x64-electron-43\.0\.0, there is Linux x64 — /,
      ),
    });
    expect(filesOf(world.out)).toEqual(before);
  });

  test('N-07: an optional one is bundled and told of, since the runtime does without it', async () => {
    const app = packagedApp(world, { platform: 'win32', arch: 1 });
    putNative(world.project, 'addon', crossBytes('linux-x64-gnu'));
    const told: string[] = [];
    const report = (line: string): void => void told.push(line);
    const optional = natives.map(native => ({ ...native, optional: true }));
    await afterPack({ ...world.options, natives: optional, report })(app.context);
    expect(bytesIn(app.runtime).equals(crossBytes('linux-x64-gnu'))).toBe(true);
    expect(told).toContainEqual(expect.stringMatching(/addon in .+ does not fit: .+there is Linux x64/));
  });

  test("P-34: a module for Node's ABI is refused where the project's electron says its own", async () => {
    const app = packagedApp(world, { platform: 'win32', arch: 1, electron: '43.1.0' });
    put(
      path.join(world.project, 'node_modules', 'electron', 'package.json'),
      '{"name":"electron","version":"43.1.0"}',
    );
    put(path.join(world.project, 'node_modules', 'electron', 'abi_version'), '8\n');
    putNative(world.project, 'addon', forAbi('win32-x64-msvc', 7));
    const build = () => afterPack({ ...world.options, natives })(app.context);
    await expect(build()).rejects.toMatchObject({ code: 'NATIVE_ABI_MISMATCH' });
    putNative(world.project, 'addon', forAbi('win32-x64-msvc', 8));
    await build();
    expect(world.lines.filter(line => line.includes('may fit'))).toEqual([]);
  });

  test("another Electron's ABI is not taken for this one's, and what is not known is said", async () => {
    const app = packagedApp(world, { platform: 'win32', arch: 1, electron: '44.0.0' });
    put(
      path.join(world.project, 'node_modules', 'electron', 'package.json'),
      '{"name":"electron","version":"43.1.0"}',
    );
    put(path.join(world.project, 'node_modules', 'electron', 'abi_version'), '8');
    putNative(world.project, 'addon', forAbi('win32-x64-msvc', 9));
    await afterPack({ ...world.options, natives })(app.context);
    expect(world.lines).toContainEqual(
      expect.stringMatching(
        /^for win32-x64, Electron 44\.0\.0, addon in .+ may fit or not: a file for ABI 9, and which one is wanted is not known$/,
      ),
    );
  });

  test('U-07: a folder without a package in it is refused', async () => {
    const app = packagedApp(world);
    await expect(
      afterPack({ ...world.options, natives: [{ name: 'addon', dir: 'vendor' }] })(app.context),
    ).rejects.toMatchObject({
      code: 'NATIVE_SOURCE_MISSING',
      message: expect.stringContaining(path.join(world.project, 'vendor')),
    });
  });

  test('a missing one is refused with the places where it was looked for', async () => {
    const app = packagedApp(world, { platform: 'darwin', arch: 3 });
    putNative(world.project, 'other', darwinSlice('arm64'));
    await expect(afterPack({ ...world.options, natives })(app.context)).rejects.toMatchObject({
      code: 'NATIVE_SOURCE_MISSING',
      message: expect.stringMatching(/app\.asar\.unpacked.+project.+natives: \[\{ name, dir \}\]\.$/),
    });
  });
});

describe("U-05: engines are held against the target's Node", () => {
  const demanding = (node: string) =>
    world.registry.publish(makePackage(runtime('2.0.0', { engines: { node } })));

  test.runIf(onLinux)('which is asked of the executable of the app, where it runs here', async () => {
    demanding('>=99');
    await expect(afterPack(world.options)(packagedApp(world).context)).rejects.toMatchObject({
      code: 'PACKAGE_INVALID',
      message: expect.stringContaining(`node >=99, here it is node ${process.versions.node}`),
    });
    expect(world.lines.filter(line => line.includes('not judged'))).toEqual([]);
  });

  test('an executable whose runAsNode is off is never started, as it would open a window', async () => {
    demanding('>=99');
    const app = packagedApp(world, { states: `0${soundStates.slice(1)}` });
    const started = path.join(world.project, 'started');
    writeFileSync(
      app.executable,
      Buffer.concat([Buffer.from(`#!/bin/sh\ntouch '${started}'\nexit\n`), readFileSync(app.executable)]),
    );
    await afterPack(world.options)(app.context);
    expect(existsSync(started)).toBe(false);
    expect(world.lines).toContain(
      "engines.node of my-runtime is not judged: Node's version in Electron 43.0.0 is not known here",
    );
  });

  test('which the options may say', async () => {
    demanding('>=24.15');
    const app = packagedApp(world, { platform: 'win32', arch: ownArch });
    await expect(afterPack({ ...world.options, node: '24.11.1' })(app.context)).rejects.toMatchObject({
      code: 'PACKAGE_INVALID',
    });
    await afterPack({ ...world.options, node: '24.17.0' })(app.context);
    expect(await isWhole(app.runtime)).toBe(true);
  });

  test("a folder's demands are judged like a registry's", async () => {
    const app = packagedApp(world, { platform: 'win32', arch: ownArch });
    put(
      path.join(world.project, 'runtime', 'package.json'),
      JSON.stringify({
        ...runtime('1.0.0', { os: ['linux'] }).manifest,
        name: 'my-runtime',
        version: '1.0.0',
      }),
    );
    put(path.join(world.project, 'runtime', 'cli.js'), '');
    await expect(afterPack({ ...world.options, from: 'runtime' })(app.context)).rejects.toMatchObject({
      code: 'PACKAGE_INVALID',
      message: expect.stringContaining('its os asks for linux, there it is win32'),
    });
  });
});

describe('U-05: the newest runtime for this shell', () => {
  const newer = (range: string) =>
    world.registry.publish(makePackage(runtime('1.2.0', { engines: { 'My App': range } })));
  const bundledVersion = async (options: object = {}) => {
    const app = packagedApp(world);
    await afterPack({ ...world.options, ...options })(app.context);
    return JSON.parse(readFileSync(path.join(app.runtime, 'package.json'), 'utf8')).version;
  };

  test('is bundled, not one that needs a newer shell', async () => {
    newer('>=9.0.0');
    expect(await bundledVersion()).toBe('1.1.0');
    expect(await bundledVersion({ shellName: 'other' })).toBe('1.2.0');
  });

  test('is the newest where the version of the app is enough', async () => {
    newer('>=2.3.4');
    expect(await bundledVersion()).toBe('1.2.0');
  });

  test('a folder whose runtime needs a newer shell is refused', async () => {
    const manifest = { name: 'my-runtime', version: '1.0.0', bin: 'cli.js', engines: { 'My App': '>=9' } };
    put(path.join(world.project, 'runtime', 'package.json'), JSON.stringify(manifest));
    put(path.join(world.project, 'runtime', 'cli.js'), '');
    await expect(bundledVersion({ from: 'runtime' })).rejects.toMatchObject({
      code: 'PACKAGE_INVALID',
      message: expect.stringContaining('its engines asks for My App >=9, there it is My App 2.3.4'),
    });
  });
});

describe('fuses', () => {
  test('afterPack judges them as electron-builder is going to write them', async () => {
    const app = packagedApp(world, { states: factoryStates });
    const before = filesOf(world.out);
    await expect(afterPack(world.options)(app.context)).rejects.toMatchObject({
      code: 'FUSES_UNSAFE',
      message: expect.stringMatching(
        /^stagedoor: FUSES_UNSAFE: the fuse enableNodeOptions.+; the fuse enableNodeCliInspect.+ — Flip them/,
      ),
    });
    expect(filesOf(world.out)).toEqual(before);
    const electronFuses = {
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      runAsNode: false,
    };
    await afterPack(world.options)(packagedApp(world, { states: factoryStates, electronFuses }).context);
    expect(world.lines).toContain('the fuse runAsNode is off: the runtime runs as a utility process');
    expect(world.lines).toContain(
      'the fuse onlyLoadAppFromAsar is off, wanted on: a folder named app beside app.asar would be loaded in its place',
    );
  });

  test('checkFuses judges what was really written, whatever was planned', async () => {
    const electronFuses = {
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
    };
    const { context } = packagedApp(world, { states: factoryStates, electronFuses });
    await expect(checkFuses(world.options)(context)).rejects.toMatchObject({ code: 'FUSES_UNSAFE' });
    await checkFuses(world.options)(packagedApp(world).context);
    await checkFuses({ ...world.options, fuses: false })(
      packagedApp(world, { states: factoryStates }).context,
    );
  });
});

describe('a build that fails leaves the resources as they were', () => {
  const untouched = async (options: object, code: string, arrange: () => void = () => undefined) => {
    const app = packagedApp(world);
    await afterPack(world.options)(app.context);
    arrange();
    const before = filesOf(world.out);
    await expect(afterPack({ ...world.options, ...options })(app.context)).rejects.toMatchObject({
      name: 'BuildError',
      code,
    });
    expect(filesOf(world.out)).toEqual(before);
  };

  test('other bytes than the registry announced', () =>
    untouched({ version: '1.1.0' }, 'INTEGRITY_MISMATCH', () =>
      world.registry.fault({}, { kind: 'tamperTarball' }),
    ));
  test('a version that nobody has published', () => untouched({ version: '9.9.9' }, 'REGISTRY_REFUSED'));
  test('a range in the place of a version', () => untouched({ version: '^1.0.0' }, 'USAGE'));
  test('a folder outside of the resources', () => untouched({ folder: '../..' }, 'USAGE'));
  test('an entry that is not there', () => untouched({ entry: 'no.js' }, 'PACKAGE_INVALID'));
  test('a folder in its place that holds other things', async () => {
    const app = packagedApp(world);
    mkdirSync(app.runtime);
    writeFileSync(path.join(app.runtime, 'diary.txt'), 'dear');
    await expect(afterPack(world.options)(app.context)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('holds other files'),
    });
    expect(readdirSync(app.runtime)).toEqual(['diary.txt']);
  });
});
