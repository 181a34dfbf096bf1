import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCompiledFile } from '#src/builders/compiled-file.js';
import { elf, fatMachO, forAbi, linkedTo, machO, pe } from '../../support/builders/compiled.ts';
import { realAddon } from '../../support/tampering/real-addon.ts';

const real = realAddon();

describe('readCompiledFile', () => {
  test('tells what the Node that runs this is built for', () => {
    const own = readCompiledFile(readFileSync(process.execPath));
    expect(own).toMatchObject({ platform: process.platform });
    expect(own?.archs).toContain(process.arch);
  });

  test.runIf(real !== null)('tells what a real module is built for', () => {
    const found = readCompiledFile(readFileSync(real ?? ''));
    expect(found).toMatchObject({ platform: process.platform, abi: 'napi' });
    expect(found?.archs).toContain(process.arch);
  });

  test.each([
    ['ELF', elf('arm64'), { platform: 'linux', archs: ['arm64'], libc: null, abi: 'napi' }],
    [
      'ELF for glibc',
      elf('x64', linkedTo('glibc')),
      { platform: 'linux', archs: ['x64'], libc: 'glibc', abi: 'napi' },
    ],
    [
      'ELF for musl',
      elf('x64', linkedTo('musl')),
      { platform: 'linux', archs: ['x64'], libc: 'musl', abi: 'napi' },
    ],
    [
      'ELF for one ABI',
      elf('x64', forAbi('148')),
      { platform: 'linux', archs: ['x64'], libc: null, abi: '148' },
    ],
    ['thin Mach-O', machO('arm64'), { platform: 'darwin', archs: ['arm64'], libc: null, abi: 'napi' }],
    [
      'fat Mach-O',
      fatMachO(['x64', 'arm64']),
      { platform: 'darwin', archs: ['x64', 'arm64'], libc: null, abi: 'napi' },
    ],
    ['PE', pe('arm64', { text: '' }), { platform: 'win32', archs: ['arm64'], libc: null, abi: null }],
  ])('reads the header of %s', (_, bytes, expected) => {
    expect(readCompiledFile(bytes)).toEqual(expected);
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['a text', Buffer.from('module.exports = {}')],
    ['an ELF that ends early', elf('x64').subarray(0, 12)],
    ['a PE whose header lies beyond its end', pe('x64').subarray(0, 90)],
    ['a PE that is none', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)])],
    ['a fat Mach-O that claims more than it has', Buffer.from('cafebabeffffffff', 'hex')],
    [
      'an ELF for a machine that Node does not name',
      Buffer.concat([elf('x64').subarray(0, 18), Buffer.alloc(60)]),
    ],
  ])('is null, and no error, for %s', (_, bytes) => {
    expect(readCompiledFile(bytes)).toBeNull();
  });
});
