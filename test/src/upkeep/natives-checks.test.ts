import { expect, test } from 'vitest';
import type { NativesMode } from '#machines/contract.js';
import { StagedoorError } from '#src/failure.js';
import type { NativeDependency } from '#src/natives/dependency.js';
import { ownAbi } from '#src/natives/own-abi.js';
import { afterRemedies, type Remedies } from '#src/upkeep/native-remedy.js';
import { checkForeignNatives, checkNativesMode } from '#src/upkeep/natives-checks.js';

const pin = { name: 'pty', version: '1.0.0', hashes: ['sha512-x'] };
const native = (pins: NativeDependency['pins'] = [], name = 'pty'): NativeDependency => ({
  name,
  dir: '/bundle/node_modules/pty',
  module: 'pty',
  pins,
  build: false,
  optional: false,
});
const abi = ownAbi();
const error = new StagedoorError('NATIVE_ABI_MISMATCH', 'pty does not fit', { hint: 'Bundle another.' });
const remedies = (more: Partial<Remedies> = {}): Remedies => ({
  abi,
  mode: 'auto',
  tree: async () => null,
  ...more,
});
const tree = { tag: abi.tag, stamp: '0.1.0-n1', names: ['pty'] };
const lacking = (dependency: NativeDependency, more: Partial<Remedies> = {}) =>
  afterRemedies({ kind: 'lacks', error }, dependency, remedies(more));

test('N-05: what serves is fine, and no tree is looked for', async () => {
  const never = async () => expect.unreachable();
  const state = { kind: 'serves', words: 'fits, and loads' } as const;
  expect(await afterRemedies(state, native([pin]), remedies({ tree: never }))).toBe('fits, and loads');
});

test('N-05: a tree that holds it is fine, and it is said that it is used', async () => {
  expect(await lacking(native([pin]), { tree: async () => tree })).toBe(
    `pty does not fit; its tree for ${abi.tag} is there and is used`,
  );
});

test('N-05: a tree that does not hold it is none', async () => {
  const other = { ...tree, names: ['ink'] };
  await expect(lacking(native(), { tree: async () => other })).rejects.toThrow(error.message);
});

test('N-05: with pins a launch installs it, and a command does it now', async () => {
  expect(await lacking(native([pin]))).toBe(
    `pty does not fit; a launch installs pty 1.0.0 once for ${abi.tag}, stagedoor natives ensure does it now`,
  );
});

test('N-09: without pins it is said what allows an install', async () => {
  await expect(lacking(native())).rejects.toMatchObject({
    code: 'NATIVE_ABI_MISMATCH',
    hint: 'Bundle another. Or let a launch install it: stagedoor natives pin pty@VERSION prints what allows that.',
  });
});

test('N-12: pins of the other ecosystem are none', async () => {
  const python = native([{ ...pin, hashes: ['sha256:x'] }]);
  await expect(lacking(python)).rejects.toMatchObject({ code: 'NATIVE_ABI_MISMATCH' });
});

test('N-06: skip makes neither tree nor pins count', async () => {
  await expect(lacking(native([pin]), { mode: 'skip', tree: async () => tree })).rejects.toMatchObject({
    hint: 'Bundle another. The mode skip keeps a launch from installing one.',
  });
});

const signing = (platform: NodeJS.Platform, pins = [pin], mode: NativesMode = 'auto') =>
  checkForeignNatives([native(pins)], mode, platform);

test.each([
  ['darwin', 'hardened runtime', 'com.apple.security.cs.disable-library-validation'],
  ['win32', 'application control', 'have its policy allow'],
] as const)(
  'P-34: on %s what may refuse natives from outside the bundle is named, with what to do',
  (platform, who, hint) => {
    expect(signing(platform)).toEqual([
      {
        id: 'natives-signing',
        ok: false,
        severity: 'warning',
        detail: expect.stringContaining(who),
        hint: expect.stringContaining(hint),
      },
    ]);
  },
);

test('P-34: nothing of that where nothing is installed, and on Linux', () => {
  expect(signing('linux')).toEqual([]);
  expect(signing('darwin', [])).toEqual([]);
  expect(signing('win32', [pin], 'skip')).toEqual([]);
});

test('N-06: the mode is told where it is skip, with who has said so', () => {
  const told = (mode: NativesMode, variable?: string) => checkNativesMode([native()], mode, variable);
  expect(told('auto')).toEqual([]);
  expect(told('auto', '')).toEqual([]);
  expect(told('skip')).toMatchObject([
    { ok: true, detail: expect.stringContaining('the configuration says skip') },
  ]);
  expect(told('skip', 'Skip')).toMatchObject([
    { ok: true, detail: expect.stringContaining('STAGEDOOR_NATIVES says skip') },
  ]);
  expect(told('auto', 'never')).toMatchObject([
    {
      ok: false,
      severity: 'warning',
      detail: expect.stringContaining('"never"'),
      hint: expect.stringContaining('auto or skip'),
    },
  ]);
  expect(checkNativesMode([], 'skip', undefined)).toEqual([]);
});

test('N-07: what is optional and does not serve is no problem, whatever the mode: the runtime starts without it', async () => {
  const optional = { ...native([]), optional: true };
  for (const mode of ['auto', 'skip'] as const)
    expect(await lacking(optional, { mode })).toMatch(/; it is optional, and the runtime starts without it$/);
});
