import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { readHealth, recordTrusted } from '#src/store/health.js';
import { readPointer } from '#src/store/pointer.js';
import { checkTree } from '#src/store/tree-check.js';
import { readTreeList } from '#src/store/tree-list.js';
import { makePackage } from '#src/testing/index.js';
import { codeOf, newWorld, packageName, releaseOf, runtime, scratchOf } from './staging-world.ts';

const silent = (): void => undefined;
const never = new AbortController().signal;

test('U-01: everything that reaches the registry is a request of pacote', async () => {
  const world = await newWorld();
  world.registry.publish(runtime('1.1.0'));
  await world.stage();
  expect(world.registry.requests.map(({ subject }) => subject)).toEqual(['packument', 'tarball']);
  for (const { headers } of world.registry.requests) expect(headers['pacote-version']).toMatch(/^21\./);
});

test('U-02: at or below max(pointer, bundled) a release is up to date', async () => {
  const world = await newWorld({ bundledVersion: '1.2.0' });
  world.registry.publish(runtime('1.1.0'));
  expect(await world.check()).toEqual({ kind: 'upToDate', version: '1.1.0', current: '1.2.0' });
  expect(await world.with({ bundledVersion: '1.1.0' }).check()).toMatchObject({ kind: 'upToDate' });
  expect(await world.with({ bundledVersion: '1.1.0-beta.1' }).check()).toMatchObject({ kind: 'available' });
  world.registry.publish(runtime('1.3.0'));
  await world.stage();
  world.registry.tag(packageName, 'latest', '1.1.0');
  expect(await world.check()).toEqual({ kind: 'upToDate', version: '1.1.0', current: '1.3.0' });
});

test.each([null, 'not-a-version', ''])(
  'U-02: a current version %j counts as none and never stops an update',
  async bundledVersion => {
    const world = await newWorld({ bundledVersion });
    world.registry.publish(runtime('0.0.1'));
    expect(await world.check()).toMatchObject({ kind: 'available', current: null });
  },
);

test('U-02: a pointer whose entry is gone counts as none', async () => {
  const world = await newWorld();
  world.registry.publish(runtime('1.2.0'));
  await world.stage();
  rmSync(path.join(world.layout.version('1.2.0'), 'cli.js'));
  world.registry.publish(runtime('1.1.0'));
  expect(await world.check()).toMatchObject({ kind: 'available', current: '1.0.0' });
  expect(await world.stage()).toMatchObject({ version: '1.1.0', seq: 2 });
});

test('U-03: a version on the bad list is not downloaded', async () => {
  const world = await newWorld();
  const bad = runtime('1.1.0');
  world.registry.publish(bad);
  await world.effects.check({ origin: 'host' }, never);
  writeFileSync(world.layout.badVersions, '["1.1.0"]');
  expect(await world.check()).toMatchObject({
    kind: 'badVersion',
    version: '1.1.0',
    mark: { version: '1.1.0' },
  });
  world.registry.publish(runtime('1.1.1'));
  expect(await world.check()).toMatchObject({ kind: 'available' });
});

test('U-04: already staged is only what the pointer names and the launcher can run', async () => {
  const world = await newWorld();
  world.registry.publish(runtime('1.1.0'));
  await world.stage();
  expect(await world.check()).toEqual({ kind: 'alreadyStaged', version: '1.1.0' });
  rmSync(path.join(world.layout.version('1.1.0'), 'lib/deep/module.js'));
  expect(await world.check()).toMatchObject({ kind: 'available' });
  expect(await world.stage()).toMatchObject({ version: '1.1.0' });
  expect(await world.check()).toEqual({ kind: 'alreadyStaged', version: '1.1.0' });
});

test('U-04: a changed entry of the same size is staged again', async () => {
  const world = await newWorld();
  world.registry.publish(runtime('1.1.0'));
  await world.stage();
  const entry = path.join(world.layout.version('1.1.0'), 'cli.js');
  writeFileSync(entry, readFileSync(entry, 'utf8').replace('1.1.0', '6.6.6'));
  expect(await world.check()).toMatchObject({ kind: 'available' });
  await world.stage();
  expect(readFileSync(entry, 'utf8')).toContain('1.1.0');
});

test('U-04: a pointer of the older shape is believed as far as its entry goes', async () => {
  const world = await newWorld();
  world.registry.publish(runtime('1.1.0'));
  await world.stage();
  rmSync(world.layout.treeList('1.1.0'));
  const cliEntry = path.join(world.layout.version('1.1.0'), 'cli.js');
  writeFileSync(world.layout.current, JSON.stringify({ version: '1.1.0', cliEntry }));
  expect(await world.check()).toEqual({ kind: 'alreadyStaged', version: '1.1.0' });
  rmSync(cliEntry);
  expect(await world.check()).toMatchObject({ kind: 'available' });
});

test('U-05: engines are held against the Node that will run the package', async () => {
  const world = await newWorld();
  world.registry.publish(runtime('1.1.0', { engines: { node: '>=99' } }));
  expect(await world.check()).toEqual({
    kind: 'incompatible',
    version: '1.1.0',
    reason: { field: 'engines', wanted: 'node >=99', actual: `node ${process.versions.node}` },
  });
  const facts = { platform: 'linux', arch: 'x64', libc: 'glibc', modules: '1' };
  const newer = world.with({ execFacts: { ...facts, node: '99.1.0' } });
  expect(await newer.check()).toMatchObject({ kind: 'available' });
  expect(world.registry.requests.every(({ subject }) => subject === 'packument')).toBe(true);
});

test.each([
  { manifest: { os: ['linux', 'darwin'] }, field: null },
  { manifest: { os: ['!win32'] }, field: null },
  { manifest: { os: 'linux' }, field: null },
  { manifest: { os: ['any'] }, field: null },
  { manifest: { os: ['win32'] }, field: 'os' },
  { manifest: { os: ['!linux'] }, field: 'os' },
  { manifest: { cpu: ['x64'] }, field: null },
  { manifest: { cpu: ['arm64', 'ia32'] }, field: 'cpu' },
  { manifest: { libc: ['glibc'] }, field: null },
  { manifest: { os: ['linux'], libc: ['musl'] }, field: 'libc' },
  { manifest: { engines: { node: '>=20' } }, field: null },
  { manifest: { engines: ['node >= 0.8'] }, field: null },
])('U-05: $manifest is judged for the executable (refused field: $field)', async ({ manifest, field }) => {
  const execFacts = { node: '22.0.0', platform: 'linux', arch: 'x64', libc: 'glibc', modules: '127' };
  const world = await newWorld({ execFacts });
  world.registry.publish(runtime('1.1.0', manifest));
  const answer = await world.check();
  expect(answer).toMatchObject(
    field === null ? { kind: 'available' } : { kind: 'incompatible', reason: { field } },
  );
});

test('U-06: before the pointer is written, no step changes what would be launched', async () => {
  const world = await newWorld();
  world.registry.publish(runtime('1.1.0'));
  await world.stage();
  world.registry.publish(runtime('1.2.0'));
  const before = world.launchable();
  const offer = await world.check();
  const input = { release: releaseOf(offer), scratch: scratchOf(offer) };
  await world.effects.download(input, never, silent);
  await world.effects.extract(input, never, silent);
  await world.effects.stageNatives(input, never, silent);
  const { tree } = await world.effects.verify(input, never, silent);
  expect(world.launchable()).toEqual(before);
  expect(readTreeList(fs, world.layout.partialTree(input.scratch))?.digest).toBe(tree);
  expect(await world.effects.commit({ ...input, tree }, never)).toEqual({
    kind: 'committed',
    seq: 2,
    superseded: '1.1.0',
  });
  expect(world.partials()).toEqual([]);
});

test('S-07: who stages an older version more slowly than another shell a newer one leaves the pointer alone', async () => {
  const world = await newWorld();
  world.registry.publish(runtime('1.1.0'));
  const offer = await world.check();
  const input = { release: releaseOf(offer), scratch: scratchOf(offer) };
  await world.effects.download(input, never, silent);
  await world.effects.extract(input, never, silent);
  await world.effects.stageNatives(input, never, silent);
  const { tree } = await world.effects.verify(input, never, silent);
  world.registry.publish(runtime('1.2.0'));
  await world.with({}).stage();
  expect(await world.effects.commit({ ...input, tree }, never)).toEqual({ kind: 'overtaken', by: '1.2.0' });
  expect(readPointer(fs, world.layout)).toMatchObject({
    kind: 'valid',
    pointer: { version: '1.2.0', seq: 1 },
  });
  expect(world.partials()).toEqual([]);
});

test('U-08: a package without its entry is refused with the path that was expected', async () => {
  const world = await newWorld();
  world.registry.publish(runtime('1.1.0', { bin: 'dist/start.js' }));
  const before = world.launchable();
  await expect(world.stage()).rejects.toMatchObject({
    code: 'PACKAGE_INVALID',
    message: expect.stringContaining('dist/start.js'),
  });
  expect(world.launchable()).toEqual(before);
  expect(world.partials()).toEqual([]);
});

test('U-08: an explicit entry is the one that must exist', async () => {
  const world = await newWorld({ entry: 'lib/deep/module.js' });
  world.registry.publish(runtime('1.1.0', { bin: 'nowhere.js' }));
  await world.stage();
  expect(readTreeList(fs, world.layout.version('1.1.0'))?.list.entry).toBe('lib/deep/module.js');
});

test.each([
  { says: { name: 'another' }, why: 'another name' },
  { says: { version: '9.9.9' }, why: 'another version' },
  { says: 'no json', why: 'no JSON' },
  { says: [], why: 'no object' },
])('U-08: a package.json with $why inside is refused and remembered by its integrity', async ({ says }) => {
  const world = await newWorld();
  const inner =
    typeof says === 'string'
      ? says
      : JSON.stringify(
          Array.isArray(says) ? says : { name: packageName, version: '1.1.0', bin: 'cli.js', ...says },
        );
  const files = { 'cli.js': '', 'package.json': inner };
  world.registry.publish(makePackage({ name: packageName, version: '1.1.0', files }));
  expect(await codeOf(world.stage())).toBe('PACKAGE_INVALID');
  expect(await world.check()).toMatchObject({ kind: 'badVersion', mark: { cause: 'PACKAGE_INVALID' } });
  world.registry.publish(runtime('1.1.0'));
  expect(await world.check()).toMatchObject({ kind: 'available' });
});

test('U-09: a damaged folder of the same version is replaced by a whole one', async () => {
  const world = await newWorld();
  world.registry.publish(runtime('1.1.0'));
  await world.stage();
  const stray = path.join(world.layout.version('1.1.0'), 'stray.js');
  writeFileSync(stray, '');
  rmSync(path.join(world.layout.version('1.1.0'), 'cli.js'));
  await world.stage();
  expect(existsSync(stray)).toBe(false);
  const check = await checkTree(fs, world.layout.version('1.1.0'), { expectedTree: null, depth: 'full' });
  expect(check).toMatchObject({ ok: true });
});

test('L-03: trust was earned by one tree: another one under the same number has to earn it anew', async () => {
  const world = await newWorld();
  const trusted = () => readHealth(fs, world.layout).trusted;
  world.registry.publish(runtime('1.1.0'));
  const { tree } = await world.stage();
  await recordTrusted(fs, world.layout, { version: '1.1.0', tree });
  rmSync(world.layout.current);
  await world.stage();
  expect(trusted(), 'the very tree was adopted').toEqual(['1.1.0']);
  rmSync(world.layout.version('1.1.0'), { recursive: true });
  const other = await world.stage();
  expect(other.tree).not.toBe(tree);
  expect(trusted()).toEqual([]);
});

test('U-09: a good folder that another process put in place meanwhile is kept and pointed to', async () => {
  const [world] = [await newWorld()];
  world.registry.publish(runtime('1.1.0'));
  const offer = await world.check();
  const input = { release: releaseOf(offer), scratch: scratchOf(offer) };
  await world.effects.download(input, never, silent);
  await world.effects.extract(input, never, silent);
  await world.effects.stageNatives(input, never, silent);
  const { tree } = await world.effects.verify(input, never, silent);
  const other = await world.with({}).stage();
  const inode = statSync(path.join(world.layout.version('1.1.0'), 'cli.js')).ino;
  await world.effects.commit({ ...input, tree }, never);
  expect(statSync(path.join(world.layout.version('1.1.0'), 'cli.js')).ino).toBe(inode);
  expect(JSON.parse(readFileSync(world.layout.current, 'utf8'))).toMatchObject({ tree: other.tree, seq: 2 });
  expect(await world.check()).toEqual({ kind: 'alreadyStaged', version: '1.1.0' });
});

test('U-10: a finished folder without its pointer is checked and adopted, not downloaded again', async () => {
  const world = await newWorld();
  world.registry.publish(runtime('1.1.0'));
  const first = await world.stage();
  rmSync(world.layout.current);
  expect(await world.check()).toMatchObject({ kind: 'adoptable' });
  expect(await world.stage()).toEqual({ ...first, seq: 1 });
  expect(world.registry.requests.filter(({ subject }) => subject === 'tarball')).toHaveLength(1);
});

test('U-10: a finished folder that is damaged is not adopted', async () => {
  const world = await newWorld();
  world.registry.publish(runtime('1.1.0'));
  await world.stage();
  rmSync(world.layout.current);
  writeFileSync(path.join(world.layout.version('1.1.0'), 'README.md'), '# 6.6.6\n');
  const offer = await world.check();
  const input = { release: releaseOf(offer), scratch: scratchOf(offer) };
  expect(offer.kind).toBe('adoptable');
  expect(await codeOf(world.effects.adopt(input, never))).toBe('TREE_DAMAGED');
  await world.effects.download(input, never, silent);
  await world.effects.extract(input, never, silent);
  await world.effects.stageNatives(input, never, silent);
  await world.effects.commit({ ...input, ...(await world.effects.verify(input, never, silent)) }, never);
  expect(await world.check()).toMatchObject({ kind: 'alreadyStaged' });
});

test('U-10: a folder with other bytes under the same version is not adopted', async () => {
  const world = await newWorld();
  world.registry.publish(runtime('1.1.0'));
  await world.stage();
  rmSync(world.layout.current);
  world.registry.publish(runtime('1.1.0', { description: 'republished' }));
  expect(await world.check()).toMatchObject({ kind: 'available' });
});

test('U-11: each answer of a check is a member of a union, a pin is a typed refusal', async () => {
  const world = await newWorld();
  world.registry.publish(runtime('1.1.0'));
  expect(await world.check()).toMatchObject({ kind: 'available', refusal: null });
  await world.stage();
  writeFileSync(world.layout.pin, '{"schema":1,"version":"1.1.0"}');
  world.registry.publish(runtime('1.2.0'));
  expect(await world.check()).toMatchObject({ kind: 'available', refusal: { code: 'pinned' } });
});

test('S-07: staging sweeps the scratch folders of the dead and no others', async () => {
  const world = await newWorld();
  world.registry.publish(runtime('1.1.0'));
  const mine = await world.check();
  await world.effects.download({ release: releaseOf(mine), scratch: scratchOf(mine) }, never, silent);
  const dead = path.join(world.layout.versions, '1.0.5.partial', '999999999-1-1-0123456789ab');
  fs.mkdirSync(dead, { recursive: true });
  const other = world.with({});
  const theirs = await other.check();
  await other.effects.download({ release: releaseOf(theirs), scratch: scratchOf(theirs) }, never, silent);
  expect(existsSync(dead)).toBe(false);
  expect(existsSync(world.layout.partialTarball(scratchOf(mine)))).toBe(true);
});

test('P-25: an up-to-date check on a warm cache is exactly one conditional request', async () => {
  const world = await newWorld({ bundledVersion: '1.1.0' });
  world.registry.publish(runtime('1.1.0'));
  await world.check();
  await world.check();
  const [first, second, ...more] = world.registry.requests;
  expect(more).toEqual([]);
  expect(first).toMatchObject({ conditional: false, status: 200 });
  expect(second).toMatchObject({ conditional: true, status: 304 });
});

test('a channel is followed by its tag, and a caller that names something else is told so', async () => {
  const world = await newWorld({ channel: 'beta' });
  world.registry.publish(runtime('1.1.0'));
  world.registry.publish(runtime('2.0.0-beta.1'), { tag: 'beta' });
  expect(await world.check()).toMatchObject({ kind: 'available', release: { version: '2.0.0-beta.1' } });
  for (const channel of ['^1.0.0', '1.1.0', 'file:../x', '']) {
    await expect(world.with({ channel }).check()).rejects.toThrow(TypeError);
  }
  for (const name of ['../evil', 'git+ssh://host/x', 'a@b', '']) {
    await expect(world.with({ package: name }).check()).rejects.toThrow(TypeError);
  }
});

test('U-05: what a document leaves out is found in the package itself, and remembered', async () => {
  const execFacts = { node: '22.0.0', platform: 'linux', arch: 'x64', libc: 'glibc', modules: '127' };
  const world = await newWorld({ execFacts });
  world.registry.publish(runtime('1.1.0', { libc: ['musl'] }));
  await expect(world.stage()).rejects.toMatchObject({
    code: 'PACKAGE_INVALID',
    message: expect.stringContaining('musl'),
  });
  expect(await world.check()).toMatchObject({ kind: 'badVersion' });
});
