import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { writePin } from '#src/store/pin.js';
import { readPointer } from '#src/store/pointer.js';
import { documentWith, type Versions } from './document.ts';
import { codeOf, newWorld, releaseOf, runtime, type World } from './staging-world.ts';

const shellName = 'my-app';
const needs = (range: unknown) => ({ engines: { [shellName]: range } });
const execFacts = { node: '22.0.0', platform: 'linux', arch: 'x64', libc: 'glibc', modules: '127' };
const shell = { shellName, shellVersion: '2.1.0', execFacts };
const outgrown = { kind: 'outgrown', version: '2.0.0', needs: 'my-app >=3', shell: '2.1.0' };

/** A registry whose channel offers 2.0.0 for a newer shell. */
const beyond = async (options: Parameters<typeof newWorld>[0] = {}): Promise<World> => {
  const world = await newWorld({ ...shell, ...options });
  world.registry.publish(runtime('2.0.0', needs('>=3')));
  return world;
};

/** Publishes beside what the channel offers. */
const beside = (
  { registry }: World,
  version: string,
  manifest: Readonly<Record<string, unknown>> = {},
  options: Parameters<World['registry']['publish']>[1] = {},
): void => registry.publish(runtime(version, manifest), { tag: 'older', ...options });

const offeredBy = async (world: World): Promise<string> => releaseOf(await world.check()).version;

/** From now on the registry sends its document with these changes. */
const changeDocument = async (world: World, change: (versions: Versions) => void): Promise<void> => {
  const { body } = await documentWith(world.registry.url, change);
  world.registry.fault({ path: 'packument' }, { kind: 'content', body });
};

describe('a demand on the shell', () => {
  test('U-05: without a name for the shell nothing is compared', async () => {
    const world = await beyond({ shellName: undefined, shellVersion: '' });
    expect(await offeredBy(world)).toBe('2.0.0');
  });

  test('U-05: what this shell does not meet is not downloaded, and the answer says what is needed', async () => {
    const world = await beyond();
    expect(await world.check()).toEqual(outgrown);
    expect(world.registry.requests.map(({ subject }) => subject)).toEqual(['packument']);
  });

  test.each([
    ['>=3', '3.0.0'],
    ['>=3', '3.0.0-beta.1'],
    ['^2.1', '2.1.0'],
    ['', '0.0.1'],
    ['*', '1.0.0-rc.1'],
  ])('U-05: %j is met by %s', async (range, shellVersion) => {
    const world = await newWorld({ ...shell, shellVersion });
    world.registry.publish(runtime('2.0.0', needs(range)));
    expect(await offeredBy(world)).toBe('2.0.0');
  });

  test.each(['', 'banana', '3'])('U-05: a shell of the version %j meets no demand', async shellVersion => {
    const world = await newWorld({ ...shell, shellVersion });
    world.registry.publish(runtime('2.0.0', needs('*')));
    expect(await world.check()).toEqual({ ...outgrown, needs: 'my-app *', shell: 'unknown' });
    world.registry.publish(runtime('2.0.1'));
    expect(await offeredBy(world)).toBe('2.0.1');
  });

  test.each([
    ['of megabytes', `>=1 ${'||>=1'.repeat(200_000)}`],
    ['that is no range', 'the next one'],
    ['that is no text', 3],
    ['that is a list', ['>=1']],
    ['that is null', null],
    ['that would steer a terminal', '\u001b]0;title\u0007>=1'],
  ])('P-22: a demand %s is not met, and told in one short line', async (_, range) => {
    const world = await newWorld(shell);
    world.registry.publish(runtime('2.0.0', needs(range)));
    const answer = await world.check();
    expect(answer).toMatchObject({ kind: 'outgrown', version: '2.0.0', shell: '2.1.0' });
    expect(JSON.stringify(answer)).toMatch(/"needs":"my-app [^\\]{1,500}"/);
  });

  test('U-05: demands in another shape than npm’s are those of nobody', async () => {
    const world = await newWorld(shell);
    world.registry.publish(runtime('2.0.0', { engines: [`${shellName} >=3`] }));
    expect(await offeredBy(world)).toBe('2.0.0');
  });

  test('U-05: a shell that is too new for a version has not been outgrown by it', async () => {
    const world = await newWorld(shell);
    world.registry.publish(runtime('2.0.0', needs('<2')));
    expect(await world.check()).toEqual({
      kind: 'incompatible',
      version: '2.0.0',
      reason: { field: 'engines', wanted: 'my-app <2', actual: 'my-app 2.1.0' },
    });
  });

  test('U-03: a mark that stands against the version hides neither what it needs nor what fits this shell', async () => {
    const world = await beyond();
    await world.check();
    writeFileSync(world.layout.badVersions, JSON.stringify(['2.0.0']));
    expect(await world.check()).toEqual(outgrown);
    beside(world, '1.1.0');
    expect(await offeredBy(world)).toBe('1.1.0');
    const newer = world.with({ shellVersion: '3.0.0' });
    expect(await newer.check()).toMatchObject({ kind: 'badVersion', version: '2.0.0' });
  });

  test('U-04: what the channel names and is staged stays staged, whatever it needs', async () => {
    const world = await beyond();
    await world.with({ shellVersion: '3.0.0' }).stage();
    expect(await world.check()).toEqual({ kind: 'alreadyStaged', version: '2.0.0' });
    rmSync(path.join(world.layout.version('2.0.0'), 'lib/deep/module.js'));
    expect(await world.check()).toEqual(outgrown);
  });

  test('U-05: the package itself is asked again, because a proxy may leave its demands out', async () => {
    const world = await beyond();
    await changeDocument(world, versions => delete versions['2.0.0']?.engines);
    await expect(world.stage()).rejects.toMatchObject({
      code: 'PACKAGE_INVALID',
      message: 'app-runtime@2.0.0 needs my-app >=3, and this is 2.1.0',
    });
    expect(await world.check()).toMatchObject({ kind: 'badVersion', version: '2.0.0' });
    expect(await world.with({ shellVersion: '3.0.0' }).check()).toMatchObject({ kind: 'available' });
    world.registry.behave();
    expect(await world.check()).toEqual(outgrown);
  });
});

describe('the newest version for this shell', () => {
  test('U-05: it is offered by the same document, staged, and then the shell is outgrown', async () => {
    const world = await beyond();
    beside(world, '1.1.0');
    beside(world, '1.3.0', needs('>=2'));
    beside(world, '1.2.0');
    expect(await offeredBy(world)).toBe('1.3.0');
    expect(world.registry.requests).toHaveLength(1);
    expect(await world.stage()).toMatchObject({ version: '1.3.0' });
    expect(readPointer(fs, world.layout)).toMatchObject({ pointer: { version: '1.3.0' } });
    expect(await world.check()).toEqual(outgrown);
    expect(world.registry.requests.map(({ subject }) => subject)).toEqual([
      'packument',
      'packument',
      'tarball',
      'packument',
    ]);
    expect(await world.with({ shellVersion: '3.0.0' }).check()).toMatchObject({
      release: { version: '2.0.0' },
    });
  });

  test('P-25: a document that is still current gives the same answer', async () => {
    const world = await beyond();
    beside(world, '1.1.0');
    await world.check();
    expect(await offeredBy(world)).toBe('1.1.0');
    expect(world.registry.requests.at(-1)).toMatchObject({ conditional: true, status: 304 });
    expect(await world.stage()).toMatchObject({ version: '1.1.0' });
    expect(await world.check()).toEqual(outgrown);
  });

  type Passed = {
    readonly version?: string;
    readonly manifest?: Readonly<Record<string, unknown>>;
    readonly options?: Parameters<World['registry']['publish']>[1];
  };
  test.each<[string, Passed]>([
    ['a prerelease', { version: '1.2.0-beta.1' }],
    ['one above what the channel offers', { version: '3.0.0' }],
    ['one for a newer shell, too', { manifest: needs('>=2.2') }],
    ['one for another Node', { manifest: { engines: { node: '>=99' } } }],
    ['one for another system', { manifest: { os: ['win32'] } }],
    ['one for another processor', { manifest: { cpu: ['arm64'] } }],
    ['one for another libc', { manifest: { os: ['linux'], libc: ['musl'] } }],
    ['a deprecated one', { options: { deprecated: 'it eats files' } }],
  ])('U-05: %s is passed over', async (_, { version = '1.2.0', manifest = {}, options = {} }) => {
    const world = await beyond();
    beside(world, '1.1.0');
    beside(world, version, manifest, options);
    expect(await offeredBy(world)).toBe('1.1.0');
  });

  test('U-05: a deprecation that was taken back counts no more', async () => {
    const world = await beyond();
    beside(world, '1.1.0', {}, { deprecated: '' });
    expect(await offeredBy(world)).toBe('1.1.0');
  });

  test('U-05: many that libc alone rules out cost one more request', async () => {
    const world = await beyond();
    beside(world, '1.1.0', { os: ['linux'], libc: ['glibc'] });
    for (const minor of [2, 3, 4]) beside(world, `1.${minor}.0`, { os: ['linux'], libc: ['musl'] });
    expect(await offeredBy(world)).toBe('1.1.0');
    expect(world.registry.requests).toHaveLength(2);
  });

  test('U-03: one that is marked bad is passed over', async () => {
    const world = await beyond();
    beside(world, '1.1.0');
    beside(world, '1.2.0');
    await world.check();
    writeFileSync(world.layout.badVersions, JSON.stringify(['1.2.0']));
    expect(await offeredBy(world)).toBe('1.1.0');
    writeFileSync(world.layout.badVersions, JSON.stringify(['1.1.0', '1.2.0']));
    expect(await world.check()).toEqual(outgrown);
  });

  test('U-05: where the channel itself offers prereleases, an older one may take its place', async () => {
    const world = await newWorld(shell);
    world.registry.publish(runtime('2.0.0-beta.2', needs('>=3')));
    beside(world, '2.0.0-beta.1');
    beside(world, '1.9.0');
    expect(await offeredBy(world)).toBe('2.0.0-beta.1');
  });

  test('P-19: nothing at or below max(pointer, bundled) is offered', async () => {
    const world = await beyond({ bundledVersion: '1.2.0' });
    for (const version of ['1.0.0', '1.1.0', '1.2.0']) beside(world, version);
    expect(await world.check()).toEqual(outgrown);
    const older = world.with({ bundledVersion: '1.0.0' });
    await older.stage();
    expect(await older.check()).toEqual(outgrown);
    rmSync(path.join(world.layout.version('1.2.0'), 'lib/deep/module.js'));
    expect(await older.check()).toMatchObject({ kind: 'available', release: { version: '1.2.0' } });
    expect(await older.stage()).toMatchObject({ version: '1.2.0' });
    expect(await older.check()).toEqual(outgrown);
  });

  test('U-05: with nothing bundled the newest of all that fit is offered', async () => {
    const world = await beyond({ bundledVersion: null });
    beside(world, '0.9.0');
    expect(await offeredBy(world)).toBe('0.9.0');
  });

  test('U-10: a finished folder of it is adopted', async () => {
    const world = await beyond();
    beside(world, '1.1.0');
    await world.stage();
    rmSync(world.layout.current);
    expect(await world.check()).toMatchObject({ kind: 'adoptable', release: { version: '1.1.0' } });
  });

  test('pin: another pinned version stands in its way, its own does not', async () => {
    const world = await beyond();
    beside(world, '1.1.0');
    await world.check();
    await writePin(fs, world.layout, '1.0.0');
    expect(await world.check()).toMatchObject({ kind: 'available', refusal: { code: 'pinned' } });
    await writePin(fs, world.layout, '1.1.0');
    expect(await world.check()).toMatchObject({ kind: 'available', refusal: null });
  });

  test('bundle: who names a version gets that one or none', async () => {
    const world = await beyond({ bundledVersion: null, exactVersion: '2.0.0' });
    beside(world, '1.1.0');
    expect(await world.check()).toEqual(outgrown);
  });
});

describe('a document that lies about older versions', () => {
  test.each<[string, (version: Record<string, unknown>) => unknown]>([
    ['of another name', version => Object.assign(version, { name: 'other' })],
    ['listed under another version', version => Object.assign(version, { version: '1.1.5' })],
    ['without a version', version => delete version.version],
    ['without a tarball', version => Object.assign(version, { dist: {} })],
    ['without bytes', version => Object.assign(version, { dist: null })],
    ['with a command that is no path', version => Object.assign(version, { bin: 5, dist: 7 })],
    ['deprecated by something odd', version => Object.assign(version, { deprecated: { because: 1 } })],
  ])('P-25: an entry %s is passed over', async (_, spoil) => {
    const world = await beyond();
    beside(world, '1.1.0');
    beside(world, '1.2.0');
    await changeDocument(world, versions => spoil(versions['1.2.0'] ?? {}));
    expect(await world.stage()).toMatchObject({ version: '1.1.0' });
  });

  test('P-25: entries that are no versions, or no names for a folder, are nothing', async () => {
    const world = await beyond();
    await changeDocument(world, versions => {
      for (const name of ['1.1', 'v1.1.0', '../1.1.0', '1.1.0 ', '__proto__', '1.1.0-a.partial']) {
        const entry = { ...versions['2.0.0'], version: name, engines: {} };
        Object.defineProperty(versions, name, { value: entry, enumerable: true });
      }
    });
    expect(await world.check()).toEqual(outgrown);
  });

  test('P-17: one without a SHA-512, or with its bytes elsewhere, is not to be trusted, as ever', async () => {
    const world = await beyond();
    beside(world, '1.1.0', {}, { integrity: 'sha1-only' });
    expect(await codeOf(world.check())).toBe('UNTRUSTED');
    beside(world, '1.1.0', {}, { tarballUrl: 'http://127.0.0.1:1/1.1.0.tgz' });
    expect(await codeOf(world.check())).toBe('UNTRUSTED');
    beside(world, '1.1.0');
    expect(await offeredBy(world)).toBe('1.1.0');
  });

  test('P-25: a stored document that can not be trusted is asked for anew', async () => {
    const world = await beyond();
    beside(world, '1.1.0');
    const { etag, body } = await documentWith(world.registry.url, versions =>
      Object.assign(versions['1.1.0'] ?? {}, { dist: { tarball: `${world.registry.url}/a.tgz` } }),
    );
    const headers = { etag, 'cache-control': 'max-age=300' };
    world.registry.fault({ path: 'packument', times: 1 }, { kind: 'status', code: 200, headers, body });
    expect(await codeOf(world.check())).toBe('UNTRUSTED');
    expect(await codeOf(world.check())).toBe('UNTRUSTED');
    expect(world.registry.requests.at(-1)).toMatchObject({ conditional: true, status: 304 });
    expect(await offeredBy(world)).toBe('1.1.0');
  });
});
