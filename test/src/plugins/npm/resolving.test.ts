import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readdirSync } from 'node:fs';
import type { ClientRequest } from 'node:http';
import { homedir } from 'node:os';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { StagedoorError } from '#src/failure.js';
import { belongingsOf } from '#src/plugins/npm/belonging.js';
import { watchedDocuments } from '#src/plugins/npm/documents.js';
import { temporaryFolder } from '../../../support/folder.ts';
import { nodeFor } from '../../../support/natives/abis.ts';
import { lockWith, npmWorld, packed, placesOf } from '../../../support/plugins/npm-world.ts';
import { codeOf } from '../../staging/staging-world.ts';

const lock = lockWith('react@18.3.1', 'zod@3.25.0', '@scope/core@2.0.0');
const messageOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'nothing',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

describe('K-05: what belongs to the runtime', () => {
  test('is asked of nobody, and told with its range and the chain that asks, of peers and of what comes along too', async () => {
    const world = await npmWorld({
      'plugin@1.2.0': {
        dependencies: { helper: '^1.0.0', zod: '^3.20.0' },
        peerDependencies: { react: '>=17', '@scope/core': '*' },
        peerDependenciesMeta: { '@scope/core': { optional: true } },
      },
      'helper@1.0.3': { dependencies: { react: '^18.0.0', deep: '1' }, optionalDependencies: { zod: '3' } },
      'deep@1.0.0': {},
      'react@19.0.0': {},
    });
    const resolved = await world.resolve('plugin', lock);
    expect(resolved.version).toBe('1.2.0');
    expect(placesOf(resolved)).toEqual([
      'node_modules/plugin plugin@1.2.0',
      'node_modules/deep deep@1.0.0',
      'node_modules/helper helper@1.0.3',
    ]);
    const [plugin, helper] = [['plugin@1.2.0'], ['plugin@1.2.0', 'helper@1.0.3']];
    expect(resolved.demands).toEqual([
      { as: 'zod', name: 'zod', range: '^3.20.0', chain: plugin },
      { as: 'react', name: 'react', range: '>=17', chain: plugin },
      { as: '@scope/core', name: '@scope/core', range: '*', chain: plugin },
      { as: 'zod', name: 'zod', range: '3', chain: helper },
      { as: 'react', name: 'react', range: '^18.0.0', chain: helper },
    ]);
    expect(world.asked()).toEqual(['/deep', '/helper', '/plugin']);
    expect(await world.provider.compare(resolved.demands, lock)).toEqual({
      shared: [
        { name: '@scope/core', version: '2.0.0' },
        { name: 'react', version: '18.3.1' },
        { name: 'zod', version: '3.25.0' },
      ],
      conflicts: [],
    });
  });

  test('is told once of a package that lies at two places, with the shortest way there', async () => {
    const world = await npmWorld({
      'plugin@1.0.0': { dependencies: { a: '1', b: '1', c: '2' } },
      'a@1.0.0': { dependencies: { c: '1' } },
      'b@1.0.0': { dependencies: { c: '1' } },
      'c@1.0.0': { peerDependencies: { react: '*' } },
      'c@2.0.0': {},
    });
    const { demands, packages } = await world.resolve('plugin', lock);
    expect(packages.filter(({ name, version }) => name === 'c' && version === '1.0.0')).toHaveLength(2);
    const chain = ['plugin@1.0.0', 'a@1.0.0', 'c@1.0.0'];
    expect(demands).toEqual([{ as: 'react', name: 'react', range: '*', chain }]);
  });

  test('decides which version comes along: the newest that fits it, and only if none does a newer one, as a conflict', async () => {
    const world = await npmWorld({
      'plugin@1.0.0': { dependencies: { bridge: '*' } },
      'strict@1.0.0': { dependencies: { bridge: '^2.0.0' } },
      'bridge@1.0.0': { peerDependencies: { react: '^17 || ^18' } },
      'bridge@1.1.0': { peerDependencies: { react: '^18' } },
      'bridge@2.0.0': { peerDependencies: { react: '^19' } },
      'bridge@2.1.0': { peerDependencies: { react: '^19' } },
    });
    const bridgeOf = async (name: string, spec: string | null = null) => {
      const { packages, demands } = await world.resolve(name, lock, spec);
      const { conflicts } = await world.provider.compare(demands, lock);
      return [packages.find(one => one.name === 'bridge')?.version, conflicts.length];
    };
    expect(await bridgeOf('plugin')).toEqual(['1.1.0', 0]);
    expect(await bridgeOf('strict')).toEqual(['2.1.0', 1]);
    expect(await bridgeOf('bridge')).toEqual(['1.1.0', 0]);
    expect(await bridgeOf('bridge', 'latest')).toEqual(['2.1.0', 1]);
    expect(await bridgeOf('bridge', '>=1')).toEqual(['1.1.0', 0]);
  });

  test('is told where its range is another one, which is no error yet', async () => {
    const world = await npmWorld({
      'plugin@1.0.0': { dependencies: { helper: '1' }, peerDependencies: { react: '^18' } },
      'helper@1.0.0': { peerDependencies: { react: '^17.0.0' } },
    });
    const { demands, packages } = await world.resolve('plugin', lock);
    expect(packages).toHaveLength(2);
    expect((await world.provider.compare(demands, lock)).conflicts).toEqual([
      {
        ...{ as: 'react', name: 'react', range: '^17.0.0', chain: ['plugin@1.0.0', 'helper@1.0.0'] },
        ...{ reason: 'version', locked: '18.3.1' },
      },
    ]);
  });

  test('an alias of it is no package of its own; another package under its name is one that is asked for', async () => {
    const world = await npmWorld({
      'plugin@1.0.0': { dependencies: { old: 'npm:react@^17', same: 'npm:react', zod: 'npm:other@^1' } },
      'other@1.0.0': {},
    });
    const resolved = await world.resolve('plugin', lock);
    expect(placesOf(resolved)).toEqual(['node_modules/plugin plugin@1.0.0']);
    expect(resolved.demands.map(({ as, name, range }) => [as, name, range])).toEqual([
      ['old', 'react', '^17'],
      ['same', 'react', '*'],
      ['zod', 'other', '^1'],
    ]);
    const { conflicts, shared } = await world.provider.compare(resolved.demands, lock);
    expect(shared).toEqual([{ name: 'react', version: '18.3.1' }]);
    expect(conflicts.map(({ as, reason, locked }) => [as, reason, locked])).toEqual([
      ['old', 'version', '18.3.1'],
      ['zod', 'version', '3.25.0'],
    ]);
    expect(world.asked()).toEqual(['/plugin']);
  });

  test('in another case it is told as it was written, and a built-in name with its prefix is', async () => {
    const dependencies = { React: '^18.0.0', 'node:path': 'npm:evil@1' };
    const world = await npmWorld({
      'plugin@1.0.0': { dependencies, optionalDependencies: { 'node:util': '1' } },
    });
    const { demands } = await world.resolve('plugin', lock);
    const { conflicts } = await world.provider.compare(demands, lock);
    expect(Object.fromEntries(conflicts.map(({ as, reason, locked }) => [as, [reason, locked]]))).toEqual({
      React: ['look-alike', '18.3.1'],
      'node:path': ['built-in', null],
    });
    expect(world.asked()).toEqual(['/plugin']);
  });

  test('is not what is called like a module of Node: that comes along, for Node answers the bare name itself', async () => {
    const world = await npmWorld({
      'plugin@1.0.0': {
        dependencies: { string_decoder: '^1.1.1', shim: 'npm:events@3' },
        peerDependencies: { Timers: '*' },
      },
      'string_decoder@1.3.0': { dependencies: { buffer: '^6', events: '^3' } },
      'buffer@6.0.3': { optionalDependencies: { util: '0' } },
      ...{ 'events@3.3.0': {}, 'util@0.12.5': {}, 'Timers@1.0.0': {} },
    });
    const locked = lockWith('react@18.3.1', 'events@3.1.0');
    const resolved = await world.resolve('plugin', locked);
    expect(placesOf(resolved).slice(1)).toEqual([
      'node_modules/Timers Timers@1.0.0',
      'node_modules/buffer buffer@6.0.3',
      'node_modules/string_decoder string_decoder@1.3.0',
      'node_modules/util util@0.12.5',
    ]);
    const { shared, conflicts } = await world.provider.compare(resolved.demands, locked);
    expect([shared, conflicts]).toEqual([[{ name: 'events', version: '3.1.0' }], []]);
  });

  test('is nothing that Windows has for a device, as a name of its own folder', async () => {
    for (const name of ['nul', 'com1.x', '@scope/aux', 'x.']) {
      const world = await npmWorld({
        'plugin@1.0.0': { dependencies: { [name]: '1' } },
        [`${name}@1.0.0`]: {},
      });
      await expect(world.resolve('plugin', lock), name).rejects.toMatchObject({
        code: 'PACKAGE_UNSAFE',
        message: expect.stringMatching(new RegExp(`^the plugin asks for node_modules/${name}, .* has `)),
      });
    }
  });

  test('is not named as npm names nothing: the name is to blame', async () => {
    const world = await npmWorld({ 'plugin@1.0.0': { dependencies: { '-dash': '1' } } });
    expect(await codeOf(world.resolve('-dash', lock))).toBe('VERSION_UNKNOWN');
    expect(await messageOf(world.resolve('plugin', lock))).toContain('-dash as "1", which is no package');
  });

  test('from a repository, a folder or a workspace it does not fit whatever is there', async () => {
    const specs = ['git+https://example.com/react.git', 'file:../react', 'workspace:*', 'facebook/react'];
    for (const spec of specs) {
      const world = await npmWorld({ 'plugin@1.0.0': { dependencies: { react: spec } } });
      const { demands } = await world.resolve('plugin', lock);
      expect((await world.provider.compare(demands, lock)).conflicts, spec).toMatchObject([
        { as: 'react', range: spec, reason: 'version', locked: '18.3.1' },
      ]);
    }
  });

  test('is no plugin itself, nor is a look-alike or what is built into Node', async () => {
    const world = await npmWorld({ 'react@18.3.1': {}, 'fs@1.0.0': {} });
    expect(await messageOf(world.resolve('react', lock))).toContain(
      'react belongs to the runtime (react@18.3.1)',
    );
    expect(await messageOf(world.resolve('React', lock))).toContain(
      'React belongs to the runtime (react@18.3.1)',
    );
    expect(await messageOf(world.resolve('fs', lock))).toContain('fs belongs to Node itself');
    expect(world.asked()).toEqual([]);
  });
});

describe('what comes along', () => {
  test('lies where npm would put it: two versions of one package, under an alias, and peers', async () => {
    const world = await npmWorld({
      'plugin@1.0.0': {
        dependencies: { a: '1', b: '2', second: 'npm:b@1' },
        peerDependencies: { p: '*', absent: '*' },
        peerDependenciesMeta: { absent: { optional: true } },
      },
      'a@1.0.0': { dependencies: { b: '^1.0.0' } },
      'b@1.1.0': {},
      'b@2.0.0': {},
      'p@1.0.0': {},
    });
    expect(placesOf(await world.resolve('plugin', lock))).toEqual([
      'node_modules/plugin plugin@1.0.0',
      'node_modules/a a@1.0.0',
      'node_modules/a/node_modules/b b@1.1.0',
      'node_modules/b b@2.0.0',
      'node_modules/p p@1.0.0',
      'node_modules/second b@1.1.0',
    ]);
  });

  test('is chosen by version, range and tag', async () => {
    const world = await npmWorld({ 'plugin@1.0.0': {}, 'plugin@1.5.0': {}, 'plugin@2.0.0': {} });
    world.registry.tag('plugin', 'old', '1.0.0');
    const versionOf = async (spec: string | null) => (await world.resolve('plugin', lock, spec)).version;
    expect(await versionOf(null)).toBe('2.0.0');
    expect(await versionOf('^1.0.0')).toBe('1.5.0');
    expect(await versionOf('1.0.0')).toBe('1.0.0');
    expect(await versionOf('old')).toBe('1.0.0');
    expect(await codeOf(world.resolve('plugin', lock, '^3'))).toBe('REGISTRY_REFUSED');
    for (const spec of [
      'file:.',
      'git+https://example.com/x.git',
      'npm:react@1',
      '../x',
      'https://example.com/x.tgz',
    ])
      expect(await codeOf(world.resolve('plugin', lock, spec)), spec).toBe('VERSION_UNKNOWN');
    expect(await codeOf(world.resolve('../evil', lock))).toBe('VERSION_UNKNOWN');
  });

  test('overrides, workspaces and a shrinkwrap of a package count for nothing, and a deprecated one is fine', async () => {
    const strange = { overrides: { b: '1.0.0' }, workspaces: ['../*'], _hasShrinkwrap: true };
    const world = await npmWorld({
      'plugin@1.0.0': { ...strange, dependencies: { b: '>1' } },
      'b@1.0.0': {},
    });
    world.registry.publish(packed('b@2.0.0'), { deprecated: 'old' });
    expect(placesOf(await world.resolve('plugin', lock))).toContain('node_modules/b b@2.0.0');
    expect(world.registry.requests.every(({ subject }) => subject !== 'tarball')).toBe(true);
  });

  test.each([
    ['bundleDependencies', ['own', 'react']],
    ['bundledDependencies', ['own', 'react']],
    ['bundleDependencies', true],
  ])(
    'what is carried in an archive is not fetched, and what is locked is not taken for carried: %s %j',
    async (field, names) => {
      const world = await npmWorld({
        'plugin@1.0.0': { dependencies: { own: '1', react: '^17' }, [field]: names },
      });
      const resolved = await world.resolve('plugin', lock);
      expect(resolved.packages).toHaveLength(1);
      expect(resolved.demands.map(({ name, range }) => [name, range])).toEqual([['react', '^17']]);
      expect(world.asked()).toEqual(['/plugin']);
    },
  );

  test('peers that contradict each other are refused with who needs what', async () => {
    const world = await npmWorld({
      'plugin@1.0.0': { peerDependencies: { p: '1', q: '1' } },
      'p@1.0.0': {},
      'p@2.0.0': {},
      'q@1.0.0': { peerDependencies: { p: '2' } },
    });
    const message = await messageOf(world.resolve('plugin', lock));
    expect(message).toContain('peer dependencies of plugin@latest contradict each other');
    expect(message).toMatch(/q@1\.0\.0 needs p@2|plugin@1\.0\.0 needs p@1/);
  });
});

describe('what can not come along', () => {
  test.each([
    ['a repository', 'git+https://example.com/x.git'],
    ['a shorthand of one', 'someone/x'],
    ['a folder', 'file:../../etc'],
    ['the folder itself', '.'],
    ['the folder above', '..'],
    ['an archive that looks like a version', '1.0.0.tgz'],
    ['a range that is none', '>> 1'],
    ['an address', 'https://example.com/x.tgz'],
    ['a workspace', 'workspace:^1'],
    ['an alias of a repository', 'npm:git+https://example.com/x.git'],
  ])('%s is refused with the chain, and left out where nobody needs it', async (_, spec) => {
    const world = await npmWorld({
      'plugin@1.0.0': { dependencies: { helper: '1' } },
      'helper@1.0.0': { dependencies: { x: spec } },
      'tolerant@1.0.0': { optionalDependencies: { x: spec, helper: '1' } },
    });
    expect(await messageOf(world.resolve('plugin', lock))).toBe(
      `plugin@1.0.0 > helper@1.0.0 needs x as ${JSON.stringify(spec)}, which is no package of the registry`,
    );
    expect(placesOf(await world.resolve('tolerant', lock))).toEqual(['node_modules/tolerant tolerant@1.0.0']);
  });

  test('two names that are one folder on some systems are refused; npm would leave one out without a word', async () => {
    const world = await npmWorld({
      'plugin@1.0.0': { dependencies: { twin: '1', Twin: '1' } },
      'apart@1.0.0': { dependencies: { twin: '1', other: '1' } },
      'other@1.0.0': { dependencies: { Twin: '1' } },
      'twin@1.0.0': {},
      'Twin@1.0.0': {},
    });
    const failed = world.resolve('plugin', lock);
    expect(await codeOf(failed)).toBe('PACKAGE_UNSAFE');
    expect(await messageOf(failed)).toBe(
      'plugin@1.0.0 needs twin and Twin, which are the same folder on some systems',
    );
    expect(placesOf(await world.resolve('apart', lock))).toEqual([
      'node_modules/apart apart@1.0.0',
      'node_modules/other other@1.0.0',
      'node_modules/other/node_modules/Twin Twin@1.0.0',
      'node_modules/twin twin@1.0.0',
    ]);
  });

  test('names that are none are nothing to look for', async () => {
    for (const name of ['..', '../../x', 'node_modules', '_x', 'a/b/c', ' x', 'é']) {
      const world = await npmWorld({ 'plugin@1.0.0': { dependencies: { [name]: '1' } } });
      const message = await messageOf(world.resolve('plugin', lock));
      expect(message).toBe(`plugin@1.0.0 needs ${name} as "1", which is no package of the registry`);
      const aliased = await npmWorld({ 'plugin@1.0.0': { dependencies: { x: `npm:${name}@1` } } });
      expect(await codeOf(aliased.resolve('plugin', lock)), name).toBe('PACKAGE_INVALID');
    }
  });

  test('rings of packages, and a plugin that needs an older one of itself, have an end', async () => {
    const world = await npmWorld({
      'plugin@1.0.0': {},
      'plugin@2.0.0': { dependencies: { plugin: '1', ring: '1' } },
      'ring@1.0.0': { dependencies: { back: '1' } },
      'back@1.0.0': { dependencies: { ring: '1', plugin: '2' } },
    });
    expect(placesOf(await world.resolve('plugin', lock))).toEqual([
      'node_modules/plugin plugin@2.0.0',
      'node_modules/back back@1.0.0',
      'node_modules/plugin/node_modules/plugin plugin@1.0.0',
      'node_modules/ring ring@1.0.0',
    ]);
  });

  test('a package that is not there is named with who was asked for, and left out where nobody needs it', async () => {
    const world = await npmWorld({
      'plugin@1.0.0': { dependencies: { gone: '^1' } },
      'late@1.0.0': { dependencies: { plugin: '^9' } },
      'tolerant@1.0.0': { optionalDependencies: { gone: '1' }, dependencies: {} },
    });
    const failed = world.resolve('plugin', lock);
    expect(await codeOf(failed)).toBe('REGISTRY_REFUSED');
    expect(await messageOf(failed)).toMatch(/gone.*which plugin@latest needs/);
    expect(await messageOf(world.resolve('late', lock))).toMatch(/plugin@\^9, which late@latest needs/);
    expect((await world.resolve('tolerant', lock)).packages).toHaveLength(1);
  });

  test('a package without a SHA-512 is refused, and left out where nobody needs it', async () => {
    const world = await npmWorld({
      'plugin@1.0.0': { dependencies: { weak: '1' } },
      'tolerant@1.0.0': { optionalDependencies: { weak: '1' } },
    });
    world.registry.publish(packed('weak@1.0.0'), { integrity: 'sha1-only' });
    expect(await codeOf(world.resolve('plugin', lock))).toBe('UNTRUSTED');
    expect((await world.resolve('tolerant', lock)).packages).toHaveLength(1);
  });

  test('a package for other machines is refused by what the executable says of itself, and left out where nobody needs it', async () => {
    const published = {
      'plugin@1.0.0': {
        optionalDependencies: { 'for-mac': '1', 'for-musl': '1', 'for-linux': '1', 'for-later': '1' },
      },
      'for-mac@1.0.0': { os: ['darwin'], dependencies: { 'mac-only': '1' } },
      'mac-only@1.0.0': {},
      'for-musl@1.0.0': { os: ['linux'], libc: ['musl'] },
      'for-linux@1.0.0': { os: ['linux'], cpu: ['x64'] },
      'for-later@1.0.0': { engines: { node: '>=99' } },
      'strict@1.0.0': { dependencies: { 'for-mac': '1' } },
      'new@1.0.0': { engines: { node: '>=99' } },
    };
    const { platform, arch, node, modules, libc } = nodeFor('linux-x64-glibc');
    const world = await npmWorld(published, { execFacts: { platform, arch, node, modules, libc } });
    expect(placesOf(await world.resolve('plugin', lock))).toEqual([
      'node_modules/plugin plugin@1.0.0',
      'node_modules/for-linux for-linux@1.0.0',
    ]);
    expect(await messageOf(world.resolve('strict', lock))).toBe(
      'strict@1.0.0 > for-mac@1.0.0 does not run here: its os is darwin, and this is linux',
    );
    await expect(world.resolve('new', lock)).rejects.toMatchObject({
      message: expect.stringContaining('engines is node >=99, and this is node 20.17.0'),
      hint: 'Choose a version of the plugin that runs with it, or name the executable of the runtime with --exec.',
    });
  });

  test('K-05: where nobody named a version, the newest one that fits is taken: none above the latest, else the latest is told', async () => {
    const { platform, arch, node, modules, libc } = nodeFor('linux-x64-glibc');
    const world = await npmWorld(
      {
        ...{
          'plugin@1.0.0': { dependencies: { react: '^18' } },
          'plugin@1.1.0': { dependencies: { react: '^18' } },
        },
        ...{
          'plugin@1.2.0': { engines: { node: '>=99' } },
          'plugin@2.0.0': { dependencies: { react: '^19' } },
        },
        ...{
          'none@1.0.0': { dependencies: { react: '^16' } },
          'none@2.0.0': { dependencies: { react: '^19' } },
        },
        ...{
          'broken@1.0.0': { dependencies: { gone: '1' } },
          'broken@2.0.0': { dependencies: { react: '^19' } },
        },
      },
      { execFacts: { platform, arch, node, modules, libc } },
    );
    world.registry.publish(packed('plugin@3.0.0'), { tag: 'next' });
    const versionOf = async (name: string, spec: string | null = null) =>
      (await world.resolve(name, lock, spec)).version;
    expect(await versionOf('plugin')).toBe('1.1.0');
    expect(await versionOf('plugin', 'latest')).toBe('2.0.0');
    expect(await versionOf('plugin', '^1')).toBe('1.1.0');
    expect(await versionOf('none')).toBe('2.0.0');
    expect(await versionOf('broken')).toBe('2.0.0');
  });

  test('K-05: an extra that asks for another version of what is locked is left out; asked for by name, it is a conflict', async () => {
    const world = await npmWorld({
      'plugin@1.0.0': { optionalDependencies: { extra: '1', outer: '1', keen: '1', react: '^17' } },
      'keen@1.0.0': { optionalDependencies: { extra: '1' } },
      'outer@1.0.0': { dependencies: { extra: '1' } },
      'extra@1.0.0': { dependencies: { zod: '^4', more: '1' } },
      'more@1.0.0': {},
      'needs-it@1.0.0': { dependencies: { extra: '1' } },
    });
    const resolved = await world.resolve('plugin', lock);
    expect(placesOf(resolved)).toEqual(['node_modules/plugin plugin@1.0.0', 'node_modules/keen keen@1.0.0']);
    const { conflicts } = await world.provider.compare(resolved.demands, lock);
    expect(conflicts).toMatchObject([{ name: 'react', range: '^17', locked: '18.3.1' }]);
    expect((await world.resolve('needs-it', lock)).demands).toMatchObject([{ name: 'zod', range: '^4' }]);
  });
});

describe('a registry that can not be trusted', () => {
  test('a document of another package, one without versions, and a redirect are no answers', async () => {
    const world = await npmWorld({ 'plugin@1.0.0': {} });
    for (const body of ['{}', '{"name":"other","dist-tags":{},"versions":{}}', '[]']) {
      const disarm = world.registry.fault({}, { kind: 'content', body });
      expect(await codeOf(world.resolve('plugin', lock)), body).toBe('REGISTRY_MALFORMED');
      disarm();
    }
    world.registry.fault({}, { kind: 'redirect', url: 'http://localhost:9/plugin' });
    expect(await codeOf(world.resolve('plugin', lock))).toBe('REGISTRY_MALFORMED');
  });

  test('versions that are listed as others, and lists that nobody looked at, are never chosen', async () => {
    vi.stubEnv('npm_config_include_staged', 'true');
    onTestFinished(() => void vi.unstubAllEnvs());
    const world = await npmWorld({ 'plugin@1.0.0': {} });
    const good = {
      name: 'plugin',
      version: '1.0.0',
      dist: { tarball: 'x', integrity: packed('plugin@1.0.0').integrity },
    };
    const hostile = { ...good, version: '9.0.0', dependencies: { x: 'file:../../etc' } };
    const document = {
      name: 'plugin',
      'dist-tags': { latest: '9.0.0' },
      versions: {
        '1.0.0': good,
        '9.0.0': { ...hostile, version: '8.0.0' },
        '7.0.0': 3,
        ['__proto__']: hostile,
      },
    };
    const hidden = { versions: { '9.0.0': hostile } };
    for (const more of [{}, { stagedVersions: hidden }, { policyRestrictions: hidden }]) {
      const body = JSON.stringify({ ...document, ...more });
      const disarm = world.registry.fault({}, { kind: 'content', body });
      expect((await world.resolve('plugin', lock, '*')).version).toBe('1.0.0');
      await expect(world.resolve('plugin', lock)).rejects.toMatchObject({
        code: 'REGISTRY_REFUSED',
        message: expect.stringContaining('no such version'),
      });
      disarm();
    }
  });

  test('an answer that is too large ends it, and so does an abort', async () => {
    const world = await npmWorld({ 'plugin@1.0.0': { dependencies: { big: '*' } }, 'big@1.0.0': {} });
    const disarm = world.registry.fault({ path: /big$/ }, { kind: 'hugeDocument', bytes: 64 * 2 ** 20 });
    expect(await codeOf(world.resolve('plugin', lock))).toBe('REGISTRY_MALFORMED');
    disarm();
    const [reason, abort] = [new Error('enough'), new AbortController()];
    world.registry.fault({ path: /big$/ }, { kind: 'drip', bytesPerTick: 1, ms: 100_000 });
    const over = new Promise<void>(resolve => {
      const onRequest = (message: unknown): void => {
        const { request } = message as { readonly request: ClientRequest };
        if (request.path === '/big')
          request.once('response', () => abort.abort(reason)).once('close', resolve);
      };
      subscribe('http.client.request.start', onRequest);
      onTestFinished(() => void unsubscribe('http.client.request.start', onRequest));
    });
    const wish = { ecosystem: 'npm', name: 'plugin', spec: null } as const;
    await expect(world.provider.resolve(wish, lock, abort.signal)).rejects.toBe(reason);
    await over;
    // The connection would be idle for 30 seconds without the signal.
  }, 20_000);

  test('nothing is written: neither into the npm cache of the user nor anywhere else below the home folder', async () => {
    const home = temporaryFolder('home');
    for (const name of ['HOME', 'USERPROFILE']) vi.stubEnv(name, home);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(homedir()).toBe(home);
    const world = await npmWorld({ 'plugin@1.0.0': { dependencies: { a: '1' } }, 'a@1.0.0': {} });
    await world.resolve('plugin', lock);
    await world.resolve('plugin', lock);
    expect(world.registry.requests.some(({ conditional }) => conditional)).toBe(false);
    expect(readdirSync(home)).toEqual([]);
  });

  test('a plugin that never ends to ask is stopped at a number of packages', () => {
    const stops: StagedoorError[] = [];
    const { memory } = watchedDocuments(belongingsOf(lock), reason => stops.push(reason), 2);
    for (const name of ['a', 'b', '@scope%2fc'])
      memory.set(`full:http://127.0.0.1/${name}`, {
        name: decodeURIComponent(name),
        'dist-tags': {},
        versions: {},
      });
    expect(stops).toMatchObject([
      { code: 'PACKAGE_UNSAFE', message: 'the plugin asks for more than 2 packages' },
    ]);
  });
});
