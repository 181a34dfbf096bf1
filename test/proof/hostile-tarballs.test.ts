import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStagedoor, type Stagedoor } from '#src/index.js';
import {
  type LoopbackRegistry,
  makePackage,
  type RawEntry,
  rawTarball,
  startRegistry,
  withTarball,
} from '#src/testing/index.js';
import { evil } from '../support/hostile/entries.ts';
import { hostilePackages } from '../support/hostile/packages.ts';
import { escapees, plantCanaries, surroundingsOf } from '../support/hostile/siege.ts';
import { isFull, ran, seed } from '../support/proof/run.ts';

const name = 'app-runtime';
const native = 'node-pty';
const packed = (version: string) =>
  makePackage({ name, version, files: { 'cli.js': '' }, manifest: { bin: 'cli.js' } });
const honest = packed('1.2.0');
const hostile = hostilePackages({ name, version: '1.2.0', native });
/** A short run goes through every eighth; those of the corpus that are single entries are unpacked in another test, too. */
const tried = hostile.filter((_, at) => isFull || at % 8 === seed % 8);

let dir: string;
let registry: LoopbackRegistry;
let stagedoor: Stagedoor;
let before: ReturnType<typeof surroundingsOf>;

beforeAll(async () => {
  dir = realpathSync(mkdtempSync(path.join(tmpdir(), 'stagedoor-hostile-')));
  registry = await startRegistry();
  plantCanaries(dir);
  const addon = path.join(dir, 'addon');
  mkdirSync(addon);
  writeFileSync(path.join(addon, 'package.json'), JSON.stringify({ name: native, version: '1.0.0' }));
  stagedoor = createStagedoor({
    package: name,
    registry: registry.url,
    store: path.join(dir, 'store'),
    natives: [{ name: native, dir: addon }],
    updates: false,
  });
  registry.publish(packed('1.1.0'));
  expect(await stagedoor.update()).toMatchObject({ outcome: 'staged', version: '1.1.0' });
  before = surroundingsOf(dir);
});

afterAll(async () => {
  await stagedoor.stop();
  await registry.close();
  rmSync(dir, { recursive: true, force: true });
});

const tarballsAsked = (): number => registry.requests.filter(({ subject }) => subject === 'tarball').length;

test.each(tried)('P-21: $what is refused over HTTP, and the store and its surroundings stay', async each => {
  const bytes = withTarball(honest, each.tarball);
  registry.publish(bytes);
  expect(await stagedoor.update()).toMatchObject({ outcome: 'failed', error: { code: each.code } });
  expect(surroundingsOf(dir)).toEqual(before);
  expect(readdirSync(path.join(dir, 'store/versions'))).toEqual(['1.1.0']);
  expect([...escapees(dir, ['evil', 'evil.js', 'escaped']), evil].filter(place => existsSync(place))).toEqual(
    [],
  );
  if (each.code === 'DOWNLOAD_TOO_LARGE') return;
  const asked = tarballsAsked();
  const mark = { version: '1.2.0', cause: each.code, integrity: bytes.integrity };
  expect(await stagedoor.check()).toMatchObject({ outcome: 'bad-version', mark });
  expect(tarballsAsked()).toBe(asked);
});

test('P-21: the corpus holds at least 100 tarballs, all different; after them an honest one is staged', async context => {
  expect(hostile.length).toBeGreaterThanOrEqual(100);
  expect(new Set(hostile.map(({ tarball }) => tarball.toString('base64'))).size).toBe(hostile.length);
  registry.publish(honest);
  expect(await stagedoor.update()).toMatchObject({ outcome: 'staged', version: '1.2.0' });
  ran(context, tried.length, 'hostile tarballs');
});

/** Entries of a sound package whose headers say that another program wrote them. */
const writtenBy = (magic: string, version: string): RawEntry[] => {
  const damage = (header: Buffer) => void header.write(magic, 257, 'latin1');
  const manifest = JSON.stringify({ name, version, bin: 'cli.js' });
  return [
    { path: 'package/package.json', content: manifest, damage },
    { path: 'package/cli.js', content: '', damage },
  ];
};

test('P-21: archives of GNU tar and of the oldest tars are packages like others', async () => {
  for (const [magic, version] of [
    ['ustar  \0', '1.3.0'],
    ['\0'.repeat(8), '1.4.0'],
  ] as const) {
    const tarball = rawTarball(writtenBy(magic, version));
    registry.publish(withTarball(packed(version), tarball));
    expect(await stagedoor.update()).toMatchObject({ outcome: 'staged', version });
  }
});

test('P-21: a header that begins in one piece of the inflated archive and ends in the next is read whole', async () => {
  const noise = Array.from(
    { length: 300 },
    (_, at) => [`noise/${at}.bin`, randomBytes(10_000 + 7 * at)] as const,
  );
  const files = { 'cli.js': '', ...Object.fromEntries(noise) };
  registry.publish(makePackage({ name, version: '1.5.0', files, manifest: { bin: 'cli.js' } }));
  expect(await stagedoor.update()).toMatchObject({ outcome: 'staged', version: '1.5.0' });
});
