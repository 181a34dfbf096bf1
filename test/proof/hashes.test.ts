import { createHash, getHashes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { FailureCode } from '#machines/failure.js';
import { makePackage, type PackedPackage, withTarball } from '#src/testing/index.js';
import { packageName, runtime } from '../src/staging/staging-world.ts';
import { startRawServer, startServer } from '../support/hostile/answering.ts';
import { besiege, type Siege } from '../support/hostile/siege.ts';
import { ran, share } from '../support/proof/run.ts';

const published = runtime('1.2.0');
/** The same name and version with another program. */
const other = makePackage({
  name: packageName,
  version: '1.2.0',
  files: { 'cli.js': 'console.log("other bytes");\n' },
  manifest: { bin: 'cli.js' },
});

const sri = (algorithm: string, { tarball }: PackedPackage): string =>
  `${algorithm}-${createHash(algorithm).update(tarball).digest('base64')}`;
const hex = (algorithm: string, { tarball }: PackedPackage): string =>
  createHash(algorithm).update(tarball).digest('hex');

const right = sri('sha512', other);
const wrong = sri('sha512', published);
const weak = ['md5', 'sha1', 'sha256', 'sha384'];

/** What the registry announces while it serves the tarball of `other`. */
const announcements: readonly (readonly [what: string, integrity: string | null])[] = [
  ['nothing', null],
  ['an empty text', ''],
  ['the SHA-1 of `shasum` alone', 'sha1-only'],
  ...weak.map(name => [`the right ${name} alone`, sri(name, other)] as const),
  ...weak.map(name => [`the right ${name} and a wrong SHA-512`, `${sri(name, other)} ${wrong}`] as const),
  ...weak.map(name => [`a wrong SHA-512 and the right ${name}`, `${wrong} ${sri(name, other)}`] as const),
  ...weak.map(name => [`the right ${name} and a broken SHA-512`, `${sri(name, other)} sha512-AAAA`] as const),
  ['a SHA-512 of other bytes', wrong],
  ['a SHA-512 of other bytes with an option', `${wrong}?right`],
  ['a SHA-512 of other bytes with the right one as its option', `${wrong}?${right}`],
  ['a SHA-512 of other bytes before another one', `${wrong} ${sri('sha512', runtime('1.3.0'))}`],
  ['the SHA-512 of nothing', `sha512-${createHash('sha512').digest('base64')}`],
  ['the right SHA-512 in hex', `sha512-${hex('sha512', other)}`],
  ['the right SHA-512 in base64url', right.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')],
  ['the right SHA-512 without its padding', right.replace(/=+$/, '')],
  ['the right SHA-512 one character short', right.slice(0, -3).concat('==')],
  ['the right SHA-512 with one character more', right.replace('==', 'A==')],
  ['the right SHA-512 in upper case', right.toUpperCase()],
  ['the right SHA-512 under an upper-case name', right.replace('sha512', 'SHA512')],
  ['the right SHA-512 under another name', right.replace('sha512', 'sha-512')],
  ['the right SHA-512 glued to something', `x${right}`],
  ['the right SHA-512 glued to a wrong one', `${wrong}${right}`],
  ['the right SHA-512 inside of an option', `sha1-AAAA?${right}`],
  ['the right SHA-512 behind a comma', `sha1-AAAA,${right}`],
  ['a SHA-512 of spaces', `sha512-${' '.repeat(86)}==`],
  ['a SHA-512 with a NUL', `sha512-${'A'.repeat(85)}\0==`],
  ['a thousand wrong ones', Array.from({ length: 1000 }, () => wrong).join(' ')],
  ['no text but a number', 512 as unknown as string],
  ['a list with the right one', [right] as unknown as string],
  ['an object with the right one', { sha512: right } as unknown as string],
];

const tarballOf = ({ tarball, shasum }: PackedPackage) => ({ tarball, shasum });

const expectRefused = async (siege: Siege, why: string, codes: readonly FailureCode[]): Promise<void> => {
  const ending = await siege.update();
  if (ending.kind === 'failed') expect(codes, why).toContain(ending.failure.code);
  else expect.fail(`${why}: ${JSON.stringify(ending)}`);
  siege.expectUntouched(why);
};

test('P-17: whatever is announced, bytes without the announced SHA-512 leave everything as it was', async context => {
  const siege = await besiege();
  for (const [what, integrity] of announcements) {
    siege.world.registry.publish({ ...published, ...tarballOf(other) }, { integrity });
    await expectRefused(siege, what, ['UNTRUSTED', 'INTEGRITY_MISMATCH']);
  }
  ran(context, announcements.length, 'announcements');
});

test('P-17: no hash that this Node knows stands in for the SHA-512', async context => {
  const siege = await besiege();
  const known = getHashes().filter(name => {
    try {
      return name.toLowerCase() !== 'sha512' && createHash(name).digest().length > 0;
    } catch {
      return false;
    }
  });
  const tried = known.slice(0, share(6, known.length));
  for (const name of tried) {
    for (const integrity of [`${sri(name, other)} ${wrong}`, `${wrong} ${sri(name, other)}`]) {
      siege.world.registry.publish({ ...published, ...tarballOf(other) }, { integrity });
      await expectRefused(siege, integrity, ['UNTRUSTED', 'INTEGRITY_MISMATCH']);
    }
  }
  ran(context, tried.length, 'hash functions');
});

test.each([
  ['alone', right],
  ['with options', `${right}?a?b`],
  ['among weaker ones', `${sri('sha1', other)} ${right} ${sri('sha256', other)}`],
])('P-17: the right SHA-512 %s is what it takes', async (_, integrity) => {
  const siege = await besiege();
  siege.world.registry.publish(other, { integrity });
  expect(await siege.update()).toEqual({ kind: 'staged', version: '1.2.0' });
});

/** Statuses with a body that some client takes for an answer. */
const statuses = [201, 202, 203, 204, 205, 206, 207, 226, 299, 300, 304, 305, 306, 309, 310, 350, 399];

test('P-17: bytes that come with another status than 200 are not opened, and not held against the version', async context => {
  const siege = await besiege();
  siege.world.registry.publish(other, { integrity: wrong });
  for (const code of statuses) {
    const disarm = siege.world.registry.fault(
      { path: 'tarball' },
      { kind: 'status', code, body: other.tarball.toString('latin1'), headers: {} },
    );
    await expectRefused(siege, `status ${code}`, ['UNTRUSTED']);
    disarm();
  }
  ran(context, statuses.length, 'statuses');
});

test('P-17: a status that nobody knows does not carry unchecked bytes either', async context => {
  const siege = await besiege();
  const strange = ['000', '042', '099', '199', '300', '399', '600', '999'];
  let status = '';
  const raw = await startRawServer(head => {
    if (head.includes('.tgz')) {
      const line = `HTTP/1.1 ${status} Fine\r\ncontent-length: ${other.tarball.length}\r\nconnection: close\r\n\r\n`;
      return Buffer.concat([Buffer.from(line), other.tarball]);
    }
    const host = /\nhost: (\S+)/i.exec(head)?.[1] ?? '';
    const body = JSON.stringify({
      name: packageName,
      'dist-tags': { latest: '1.2.0' },
      versions: {
        '1.2.0': { ...other.manifest, dist: { tarball: `http://${host}/x.tgz`, integrity: wrong } },
      },
    });
    return `HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`;
  });
  const world = siege.world.with({ registry: `http://127.0.0.1:${raw.port}` });
  for (status of strange) {
    const ending = await siege.update(world);
    expect(ending, status).toMatchObject({ kind: 'failed' });
    siege.expectUntouched(status);
  }
  ran(context, strange.length, 'statuses');
});

test('P-17: an integrity that changes between check and download does not change what is opened', async () => {
  const siege = await besiege();
  const { world } = siege;
  world.registry.publish(published);
  const offer = await world.check();
  world.registry.publish(other);
  await expect(world.finish(offer)).rejects.toMatchObject({ code: 'INTEGRITY_MISMATCH' });
  siege.expectUntouched('the tarball and its integrity were replaced');
  expect(await siege.update()).toEqual({ kind: 'staged', version: '1.2.0' });
  const tree = path.join(world.layout.version('1.2.0'), 'cli.js');
  expect(readFileSync(tree, 'utf8')).toContain('other bytes');
});

test('P-17: other bytes from a mirror that the registry redirects to are refused, the right ones are not', async () => {
  const siege = await besiege();
  const { registry } = siege.world;
  let served = other.tarball;
  const mirror = await startServer((_, response) => void response.end(served), 'localhost');
  registry.publish(published);
  registry.fault({ path: 'tarball' }, { kind: 'redirect', url: `http://localhost:${mirror.port}/x.tgz` });
  await expectRefused(siege, 'a redirect', ['INTEGRITY_MISMATCH']);
  served = published.tarball;
  expect(await siege.update()).toEqual({ kind: 'staged', version: '1.2.0' });
  expect(mirror.requests).toHaveLength(2);
});

test.each([
  'data:application/octet-stream;base64,AAAA',
  'file:///etc/passwd',
  'ftp://127.0.0.1/x.tgz',
  'http://',
])('P-17: a redirect of the tarball to %s is refused', async url => {
  const siege = await besiege();
  siege.world.registry.publish(published);
  siege.world.registry.fault({ path: 'tarball' }, { kind: 'redirect', url });
  await expectRefused(siege, url, ['UNTRUSTED', 'REGISTRY_UNREACHABLE', 'REGISTRY_MALFORMED']);
});

const cachedFiles = (cache: string): string[] =>
  readdirSync(cache, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name));

test.each(['garbage', 'nothing', 'other bytes of that length'])(
  'P-17: a cache whose files hold %s does not change what is opened',
  async content => {
    const siege = await besiege();
    const { world } = siege;
    world.registry.publish(published);
    const offer = await world.check();
    const files = cachedFiles(world.layout.cache);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const { length } = readFileSync(file);
      if (content === 'garbage') writeFileSync(file, 'garbage');
      if (content === 'nothing') writeFileSync(file, '');
      if (content === 'other bytes of that length') writeFileSync(file, Buffer.alloc(length, '7'));
    }
    expect(await world.finish(offer)).toMatchObject({ version: '1.2.0' });
    world.registry.publish(runtime('1.3.0'));
    expect(await siege.update()).toEqual({ kind: 'staged', version: '1.3.0' });
  },
);

test('P-17: a cached document that was rewritten with a hash of other bytes is not believed', async () => {
  const siege = await besiege();
  const { world } = siege;
  world.registry.publish(published);
  await world.check();
  for (const file of cachedFiles(world.layout.cache)) {
    const text = readFileSync(file, 'latin1');
    writeFileSync(file, text.replaceAll(published.integrity, other.integrity), 'latin1');
  }
  world.registry.publish(withTarball(published, other.tarball), { integrity: published.integrity });
  await expectRefused(siege, 'a rewritten cache', ['INTEGRITY_MISMATCH', 'REGISTRY_MALFORMED']);
});
