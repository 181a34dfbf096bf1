import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { nativeFit } from '#src/builders/native-fit.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import { elf, fatMachO, forAbi, linkedTo, machO, pe } from '../../support/builders/compiled.ts';
import { temporaryFolder } from '../../support/folder.ts';

const addon = (files: Readonly<Record<string, Buffer | string>>): string => {
  const dir = temporaryFolder('addon');
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), bytes);
  }
  return dir;
};
const target = (platform: string, modules = '148') => ({
  ...{ node: '24.17.0', platform, arch: 'x64', modules, electron: '43.0.0' },
  libc: platform === 'linux' ? 'glibc' : null,
});
const judged = (dir: string, platform: string, archs: readonly string[] = ['x64'], modules?: string) =>
  nativeFit(nodeFileSystem, dir, target(platform, modules), archs);

const prebuilt = () =>
  addon({
    'prebuilds/linux-x64/a.node': elf('x64', linkedTo('glibc')),
    'prebuilds/darwin-arm64/a.node': machO('arm64'),
    'prebuilds/darwin-x64/a.node': machO('x64'),
    'prebuilds/win32-x64/a.node': pe('x64'),
  });

describe('nativeFit', () => {
  test('among prebuilt files, one for the target is enough', () => {
    for (const platform of ['linux', 'darwin', 'win32'])
      expect(judged(prebuilt(), platform)).toEqual({ kind: 'fits' });
    expect(judged(prebuilt(), 'darwin', ['x64', 'arm64'])).toEqual({ kind: 'fits' });
  });

  test('no file for the architecture is unfit, and the reason lists what is there', () => {
    expect(judged(prebuilt(), 'linux', ['arm64'])).toEqual({
      kind: 'unfit',
      reason:
        'it holds prebuilds/darwin-arm64/a.node (darwin-arm64), prebuilds/darwin-x64/a.node (darwin-x64), prebuilds/linux-x64/a.node (linux-x64 glibc) and 1 more',
    });
  });

  test('what was built in its place goes before a prebuilt file, as for loaders', () => {
    const dir = addon({ 'prebuilds/win32-x64/a.node': pe('x64'), 'build/Release/a.node': elf('x64') });
    expect(judged(dir, 'win32')).toMatchObject({ kind: 'unfit' });
    expect(judged(dir, 'linux')).toEqual({ kind: 'fits' });
  });

  test("built for Node's ABI or another Electron's, it is unfit for this one", () => {
    const dir = addon({ 'build/Release/a.node': elf('x64', forAbi('137')) });
    expect(judged(dir, 'linux')).toEqual({
      kind: 'unfit',
      reason: 'it holds build/Release/a.node (linux-x64 ABI 137)',
    });
    expect(judged(dir, 'linux', ['x64'], '137')).toEqual({ kind: 'fits' });
  });

  test('built for musl, it is unfit for Electron on Linux', () => {
    const dir = addon({ 'a.node': elf('x64', linkedTo('musl')) });
    expect(judged(dir, 'linux')).toMatchObject({ kind: 'unfit' });
  });

  test('a universal app needs both architectures, in one file or in two', () => {
    expect(judged(addon({ 'build/Release/a.node': machO('x64') }), 'darwin', ['x64', 'arm64'])).toMatchObject(
      {
        kind: 'unfit',
      },
    );
    const fat = addon({ 'build/Release/a.node': fatMachO(['x64', 'arm64']) });
    expect(judged(fat, 'darwin', ['x64', 'arm64'])).toEqual({ kind: 'fits' });
  });

  test.each([
    ['no compiled file', { 'index.js': '' }, 'linux', '148'],
    ['nothing that can be read', { 'a.node': 'text' }, 'linux', '148'],
    ['a module that does not say its ABI', { 'a.node': elf('x64', { text: '' }) }, 'linux', '148'],
    ['an Electron whose ABI is not known', { 'a.node': elf('x64', forAbi('148')) }, 'linux', 'unknown'],
  ])('says that it does not know where there is %s', (_, files, platform, modules) => {
    expect(judged(addon(files), platform, ['x64'], modules)).toMatchObject({ kind: 'unjudged' });
  });

  test('links are followed, and one that leads to a folder above ends', () => {
    const dir = addon({ 'lib/a.node': elf('x64') });
    symlinkSync('..', path.join(dir, 'lib', 'up'));
    expect(judged(dir, 'linux')).toEqual({ kind: 'fits' });
  });
});
