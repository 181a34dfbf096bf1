import { expect, onTestFinished, test } from 'vitest';
import { type PinRequest, pinNatives } from '#src/natives/pinning.js';
import { defaultLimits } from '#src/staging/limits.js';
import { type LoopbackRegistry, type PackedPackage, startRegistry } from '#src/testing/index.js';
import { nativePackage } from '../../support/natives/fetching.ts';
import { codeOf } from '../staging/staging-world.ts';

const never = new AbortController().signal;

type Manifest = Readonly<Record<string, unknown>>;
type Published = Readonly<Record<string, Manifest>>;

/** A registry with these packages, by `NAME@VERSION`. */
const registryOf = async (published: Published) => {
  const registry = await startRegistry();
  onTestFinished(() => registry.close());
  const packages = Object.entries(published).map(([spec, manifest]) => {
    const at = spec.lastIndexOf('@');
    return nativePackage(spec.slice(0, at), manifest, spec.slice(at + 1));
  });
  for (const each of packages) registry.publish(each);
  return { registry, packages };
};

const ask = (registry: LoopbackRegistry, specs: readonly string[], more: Partial<PinRequest> = {}) =>
  pinNatives({ specs, registry: registry.url, limits: { ...defaultLimits, retries: 0 }, ...more }, never);

const hashes = (packages: readonly PackedPackage[], ...names: readonly string[]) =>
  Object.fromEntries(
    packages
      .map(({ name, version, integrity }) => [`${name}@${version}`, integrity] as const)
      .filter(([spec]) => names.includes(spec)),
  );

test('the pins are of the package, of all that it needs, and of its packages for single systems, flat and sorted', async () => {
  const { registry, packages } = await registryOf({
    'native@1.0.0': {
      dependencies: { loader: '^2.0.0' },
      optionalDependencies: { 'native-linux-x64': '1.0.0', 'native-win32-x64': '1.0.0', extra: '*' },
    },
    'loader@2.1.0': { dependencies: { '@scope/deep': '~1.0.0' } },
    '@scope/deep@1.0.3': {},
    'native-linux-x64@1.0.0': { os: ['linux'], cpu: ['x64'], dependencies: { deeper: '1.0.0' } },
    'native-win32-x64@1.0.0': { os: ['win32'], cpu: ['x64'] },
    'deeper@1.0.0': {},
    'extra@1.0.0': {},
  });
  const pins = await ask(registry, ['native@1.0.0']);
  const expected = [
    '@scope/deep@1.0.3',
    'deeper@1.0.0',
    'loader@2.1.0',
    'native-linux-x64@1.0.0',
    'native-win32-x64@1.0.0',
    'native@1.0.0',
  ];
  expect(pins).toEqual(hashes(packages, ...expected));
  expect(Object.keys(pins)).toEqual(expected);
  expect(registry.requests.filter(({ subject }) => subject === 'tarball')).toEqual([]);
});

test('a range, a tag and a bare name are resolved once and become an exact version', async () => {
  const { registry } = await registryOf({ 'native@1.0.0': {}, 'native@1.4.0': {}, 'native@2.0.0': {} });
  registry.tag('native', 'old', '1.0.0');
  const pinned = async (spec: string) => Object.keys(await ask(registry, [spec]));
  expect(await pinned('native@^1.0.0')).toEqual(['native@1.4.0']);
  expect(await pinned('native@1')).toEqual(['native@1.4.0']);
  expect(await pinned('native@old')).toEqual(['native@1.0.0']);
  expect(await pinned('native')).toEqual(['native@2.0.0']);
});

test('two versions of one name are refused with both ways that lead there', async () => {
  const { registry } = await registryOf({
    'native@1.0.0': { dependencies: { left: '1.0.0', right: '1.0.0' } },
    'left@1.0.0': { dependencies: { shared: '^1.0.0' } },
    'right@1.0.0': { dependencies: { shared: '^2.0.0' } },
    'shared@1.0.0': {},
    'shared@2.0.0': {},
  });
  await expect(ask(registry, ['native@1.0.0'])).rejects.toMatchObject({
    code: 'PACKAGE_INVALID',
    message:
      'two versions of shared are needed: native@1.0.0 > left@1.0.0 > shared@1.0.0, and native@1.0.0 > right@1.0.0 > shared@^2.0.0',
  });
});

test('naming a version beside the others settles what two of them need', async () => {
  const { registry } = await registryOf({
    'native@1.0.0': { dependencies: { left: '1.0.0', right: '1.0.0' } },
    'left@1.0.0': { dependencies: { shared: '^1.0.0' } },
    'right@1.0.0': { dependencies: { shared: '1.0.0' } },
    'shared@1.0.0': {},
    'shared@1.1.0': {},
  });
  expect(await codeOf(ask(registry, ['native@1.0.0']))).toBe('PACKAGE_INVALID');
  const pins = await ask(registry, ['native@1.0.0', 'shared@1.0.0']);
  expect(Object.keys(pins)).toEqual(['left@1.0.0', 'native@1.0.0', 'right@1.0.0', 'shared@1.0.0']);
});

test('packages that need each other come to an end', async () => {
  const { registry } = await registryOf({
    'native@1.0.0': { dependencies: { other: '1.0.0' } },
    'other@1.0.0': { dependencies: { native: '^1.0.0' } },
  });
  expect(Object.keys(await ask(registry, ['native']))).toEqual(['native@1.0.0', 'other@1.0.0']);
});

test('what lies in the tarball already, and what is left out on purpose, is not pinned', async () => {
  const { registry } = await registryOf({
    'native@1.0.0': {
      dependencies: { bundled: '1.0.0', 'some-installer': '1.0.0', kept: '1.0.0' },
      bundleDependencies: ['bundled'],
    },
    'some-installer@1.0.0': { dependencies: { 'only-for-it': '1.0.0' } },
    'only-for-it@1.0.0': {},
    'kept@1.0.0': {},
  });
  const without = new Set(['some-installer']);
  expect(Object.keys(await ask(registry, ['native'], { without }))).toEqual(['kept@1.0.0', 'native@1.0.0']);
});

test('an optional package that is among the dependencies, too, as registries list them, is optional', async () => {
  const { registry } = await registryOf({
    'native@1.0.0': { dependencies: { extra: '1.0.0' }, optionalDependencies: { extra: '1.0.0' } },
    'extra@1.0.0': {},
  });
  expect(Object.keys(await ask(registry, ['native']))).toEqual(['native@1.0.0']);
});

test('what no system would take is not pinned', async () => {
  const { registry } = await registryOf({
    'native@1.0.0': { optionalDependencies: { 'native-wasm32-wasi': '1.0.0' } },
    'native-wasm32-wasi@1.0.0': { cpu: ['wasm32'] },
  });
  expect(Object.keys(await ask(registry, ['native']))).toEqual(['native@1.0.0']);
});

test.each(['git+ssh://127.0.0.1/a.git', 'file:../a', 'http://127.0.0.1/a.tgz', 'npm:other@1.0.0', 'latest'])(
  'a dependency that is no range of the registry can not be pinned, and nobody is asked for it: %s',
  async wanted => {
    const { registry } = await registryOf({ 'native@1.0.0': { dependencies: { a: wanted } }, 'a@1.0.0': {} });
    await expect(ask(registry, ['native'])).rejects.toMatchObject({
      code: 'PACKAGE_INVALID',
      message: `native@1.0.0 needs a as ${JSON.stringify(wanted)}, which can not be pinned`,
    });
    expect(registry.requests.map(({ url }) => url)).toEqual(['/native']);
  },
);

test('a name that is none, and a version that is not there, are told', async () => {
  const { registry } = await registryOf({ 'native@1.0.0': { dependencies: { '../evil': '1.0.0' } } });
  await expect(ask(registry, ['../native@1.0.0'])).rejects.toThrow(TypeError);
  await expect(ask(registry, ['native@1.0.0'])).rejects.toMatchObject({ code: 'PACKAGE_INVALID' });
  expect(await codeOf(ask(registry, ['native@3.0.0']))).toBe('REGISTRY_REFUSED');
  expect(await codeOf(ask(registry, ['unknown']))).toBe('REGISTRY_REFUSED');
});

test('a version without a SHA-512 can not be pinned', async () => {
  const registry = await startRegistry();
  onTestFinished(() => registry.close());
  registry.publish(nativePackage('native'), { integrity: 'sha1-only' });
  expect(await codeOf(ask(registry, ['native']))).toBe('UNTRUSTED');
});
