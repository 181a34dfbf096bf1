import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { nativeFit } from '#src/builders/native-fit.js';
import { nodeAbi } from '#src/natives/abi.js';
import { readOffer } from '#src/natives/offer-reader.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import { temporaryFolder } from '../../support/folder.ts';
import { crossBytes, darwinSlice, forAbi, silent } from '../../support/natives/cross-files.ts';

type Files = Readonly<Record<string, Buffer | string>>;

const addon = (files: Files, manifest: object = {}): string => {
  const dir = path.join(temporaryFolder('addon'), 'addon');
  const all: Files = { 'package.json': JSON.stringify({ name: 'addon', ...manifest }), ...files };
  for (const [name, bytes] of Object.entries(all)) {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), bytes);
  }
  return dir;
};

const target = (platform: string, modules: string | null) =>
  nodeAbi({
    ...{ node: '24.17.0', platform, arch: 'x64', modules, electron: '43.0.0' },
    ...{ libc: platform === 'linux' ? 'glibc' : null, napi: null, uv: null, armv: null },
  });
type Asked = {
  readonly archs?: readonly string[];
  readonly modules?: string | null;
  readonly copied?: readonly string[];
};
const judged = (
  dir: string,
  platform: string,
  { archs = ['x64'], modules = '8', copied = ['addon'] }: Asked = {},
) => {
  const offer = readOffer(nodeFileSystem, dir);
  if (offer === null) throw new TypeError(`no package at ${dir}`);
  return nativeFit(offer, target(platform, modules), archs, copied);
};

const fits = { kind: 'fits' };
const built = 'build/Release/a.node';
const both = { archs: ['x64', 'arm64'] };
const linux = crossBytes('linux-x64-gnu');
const windows = crossBytes('win32-x64-msvc');
const prebuilt = {
  'prebuilds/linux-x64/a.node': linux,
  'prebuilds/darwin-arm64/a.node': darwinSlice('arm64'),
  'prebuilds/darwin-x64/a.node': darwinSlice('x64'),
  'prebuilds/win32-x64/a.node': windows,
};

describe('P-34: nativeFit', () => {
  test('P-34: among prebuilt files, one for each architecture of the target is enough', () => {
    const dir = addon(prebuilt);
    for (const platform of ['linux', 'darwin', 'win32']) expect(judged(dir, platform)).toEqual(fits);
    expect(judged(dir, 'darwin', both)).toEqual(fits);
  });

  test('P-34: no file for one of the architectures is unfit, and the reason lists what is there', () => {
    expect(judged(addon(prebuilt), 'linux', both)).toEqual({
      kind: 'unfit',
      reason:
        'does not fit: wanted is linux-arm64-glibc-electron8, there is darwin-arm64, darwin-x64, linux-x64, win32-x64',
    });
  });

  test('P-34: what was built in its place goes before a prebuilt file where the loader takes it so', () => {
    const dependencies = { 'node-gyp-build': '^4.8.0' };
    const dir = addon({ 'prebuilds/win32-x64/a.node': windows, [built]: linux }, { dependencies });
    expect(judged(dir, 'win32')).toMatchObject({ kind: 'unfit' });
    expect(judged(dir, 'linux')).toEqual(fits);
  });

  test("P-34: built for Node's ABI or another Electron's, it is unfit for this one", () => {
    const dir = addon({ [built]: forAbi('linux-x64-gnu', 7) });
    expect(judged(dir, 'linux')).toEqual({
      kind: 'unfit',
      reason: 'does not fit: wanted is linux-x64-glibc-electron8, there is ABI 7',
    });
    expect(judged(dir, 'linux', { modules: '7' })).toEqual(fits);
  });

  test('P-34: built for musl, it is unfit for Electron on Linux', () => {
    const dir = addon({ 'a.node': crossBytes('linux-x64-musl') });
    expect(judged(dir, 'linux')).toMatchObject({ kind: 'unfit' });
  });

  test('P-34: a universal app needs both architectures, in one file or in two', () => {
    const half = addon({ [built]: darwinSlice('x64') });
    expect(judged(half, 'darwin')).toEqual(fits);
    expect(judged(half, 'darwin', both)).toMatchObject({ kind: 'unfit' });
    expect(judged(addon({ [built]: crossBytes('darwin-universal') }), 'darwin', both)).toEqual(fits);
  });

  test('P-34: a file that is no library is unfit', () => {
    expect(judged(addon({ 'a.node': 'text' }), 'linux')).toMatchObject({
      kind: 'unfit',
      reason: expect.stringMatching(/there is a file that is no library$/),
    });
  });

  test.each([
    ['no compiled file', { 'index.js': '' }, 'has no compiled files'],
    ['a module that does not say its ABI', { 'a.node': silent('linux-x64-gnu') }, 'does not say which ABI'],
  ])('P-34: says that it does not know where there is %s', (_, files, reason) => {
    expect(judged(addon(files), 'linux')).toEqual({
      kind: 'unjudged',
      reason: expect.stringContaining(reason),
    });
  });
});

describe('P-34: an Electron whose ABI is not known', () => {
  const unknown = { modules: null };

  test('P-34: a file or a name that says an ABI is not judged by it', () => {
    const registering = addon({ [built]: forAbi('linux-x64-gnu', 7) });
    expect(judged(registering, 'linux', unknown)).toEqual({
      kind: 'unjudged',
      reason: 'may fit or not: a file for ABI 7, and which one is wanted is not known',
    });
    const named = addon({ 'bin/linux-x64-148/a.node': silent('linux-x64-gnu') });
    const stable = addon({ 'prebuilds/linux-x64/electron.abi148.node': linux });
    for (const dir of [named, stable])
      expect(judged(dir, 'linux', unknown)).toEqual({
        kind: 'unjudged',
        reason: 'may fit or not: a file for ABI 148, and which one is wanted is not known',
      });
  });

  test('P-34: platform, architecture and libc still are judged', () => {
    for (const system of ['win32-x64-msvc', 'linux-arm64-gnu', 'linux-x64-musl'])
      expect(judged(addon({ [built]: forAbi(system, 7) }), 'linux', unknown), system).toMatchObject({
        kind: 'unfit',
        reason: expect.stringContaining('wanted is linux-x64-glibc-electron-43.0.0, there is '),
      });
  });

  test('P-34: Node-API fits as ever', () => {
    expect(judged(addon({ [built]: linux }), 'linux', unknown)).toEqual(fits);
  });
});

describe('P-34: a package for one platform beside it', () => {
  const name = 'addon-linux-x64-gnu';
  const optionalDependencies = { [name]: '1.0.0' };

  test('P-34: that is not there is unfit, unless it is copied from elsewhere', () => {
    const dir = addon({}, { optionalDependencies });
    expect(judged(dir, 'linux')).toMatchObject({
      kind: 'unfit',
      reason: expect.stringContaining(`wanted is ${name}`),
    });
    expect(judged(dir, 'linux', { copied: ['addon', name] })).toEqual(fits);
  });

  test('P-34: that is there must be copied, too', () => {
    const manifest = JSON.stringify({ name, os: ['linux'], cpu: ['x64'] });
    const dir = addon(
      { [`../${name}/package.json`]: manifest, [`../${name}/a.node`]: linux },
      { optionalDependencies },
    );
    const reason = `needs ${name}, which is not copied with it`;
    expect(judged(dir, 'linux')).toEqual({ kind: 'unjudged', reason });
    expect(judged(dir, 'linux', { copied: ['addon', name] })).toEqual(fits);
  });
});

test('P-34: links are followed, and one that leads to a folder above ends', () => {
  const dir = addon({});
  const elsewhere = addon({ [built]: linux });
  symlinkSync(path.join(elsewhere, 'build'), path.join(dir, 'build'));
  symlinkSync(dir, path.join(elsewhere, 'build', 'round'));
  expect(judged(dir, 'linux')).toEqual(fits);
  expect(judged(dir, 'win32')).toMatchObject({ kind: 'unfit' });
});
