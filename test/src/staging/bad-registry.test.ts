import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { failureOf } from '#machines/failure.js';
import { defaultLimits } from '#src/staging/limits.js';
import { type Fault, type FaultMatch, makePackage } from '#src/testing/index.js';
import { codeOf, newWorld, packageName, quick, type World } from './staging-world.ts';

/** Noise, so that the tarball stays larger than what is cut off it. */
const noise = Array.from({ length: 20_000 }, (_, at) =>
  ((at * 2_654_435_761) % 4_294_967_296).toString(36),
).join('');
const larger = makePackage({
  name: packageName,
  version: '1.1.0',
  files: { 'cli.js': '', 'noise.txt': noise },
  manifest: { bin: 'cli.js' },
});

const published = async (limits = quick): Promise<World> => {
  const world = await newWorld({ limits });
  world.registry.publish(larger);
  return world;
};

const expectRefusal = async (world: World, code: string): Promise<void> => {
  const before = world.launchable();
  expect(await codeOf(world.stage())).toBe(code);
  expect(world.launchable()).toEqual(before);
  expect(world.partials()).toEqual([]);
};

const status = (code: number): Fault => ({ kind: 'status', code });
const documents: readonly (readonly [string, Fault, string])[] = [
  ['401', status(401), 'REGISTRY_REFUSED'],
  ['403', status(403), 'REGISTRY_REFUSED'],
  ['404', status(404), 'REGISTRY_REFUSED'],
  ['429', status(429), 'REGISTRY_UNREACHABLE'],
  ['500', status(500), 'REGISTRY_UNREACHABLE'],
  ['502', status(502), 'REGISTRY_UNREACHABLE'],
  ['503', status(503), 'REGISTRY_UNREACHABLE'],
  ['a reset', { kind: 'reset' }, 'REGISTRY_UNREACHABLE'],
  ['an HTML page', { kind: 'html' }, 'REGISTRY_MALFORMED'],
  ['cut JSON', { kind: 'notJson' }, 'REGISTRY_MALFORMED'],
  ['null', { kind: 'content', body: 'null' }, 'REGISTRY_MALFORMED'],
  ['a list', { kind: 'content', body: '[]' }, 'REGISTRY_MALFORMED'],
  ['an empty object', { kind: 'content', body: '{}' }, 'REGISTRY_MALFORMED'],
  ['nothing', { kind: 'content', body: '' }, 'REGISTRY_MALFORMED'],
  [
    'another package',
    { kind: 'content', body: '{"name":"x","dist-tags":{},"versions":{}}' },
    'REGISTRY_MALFORMED',
  ],
  [
    'versions that are no objects',
    {
      kind: 'content',
      body: `{"name":"${packageName}","dist-tags":{"latest":"1.1.0"},"versions":{"1.1.0":7}}`,
    },
    'REGISTRY_MALFORMED',
  ],
  ['a redirect to a login page', { kind: 'redirect', url: 'http://localhost:1/login' }, 'REGISTRY_MALFORMED'],
];

test.each(documents)(
  'P-25: %s in place of a document is typed and changes nothing',
  async (_, fault, code) => {
    const world = await published();
    world.registry.fault({ path: 'packument' }, fault);
    await expectRefusal(world, code);
    world.registry.behave();
    expect(await world.stage()).toMatchObject({ version: '1.1.0' });
  },
);

test.each(documents)('P-25: %s is not answered from what was stored before', async (_, fault, code) => {
  const world = await published();
  await world.check();
  world.registry.fault({ path: 'packument' }, fault);
  await expectRefusal(world, code);
});

const tarballs: readonly (readonly [string, Fault, string])[] = [
  ['a missing tarball (a slow mirror)', status(404), 'REGISTRY_UNREACHABLE'],
  ['a tarball that is forbidden', status(403), 'REGISTRY_REFUSED'],
  ['a broken server', status(500), 'REGISTRY_UNREACHABLE'],
  ['a reset', { kind: 'reset' }, 'REGISTRY_UNREACHABLE'],
  ['a tarball that is cut', { kind: 'cutTarball', atByte: 900 }, 'REGISTRY_UNREACHABLE'],
  [
    'a cut tarball with fitting headers',
    { kind: 'cutTarball', atByte: 900, clean: true },
    'INTEGRITY_MISMATCH',
  ],
  ['a tampered tarball', { kind: 'tamperTarball' }, 'INTEGRITY_MISMATCH'],
  ['a page in place of the tarball', { kind: 'html' }, 'INTEGRITY_MISMATCH'],
  ['an empty tarball', { kind: 'content', body: '' }, 'INTEGRITY_MISMATCH'],
  ['a status that pacote does not verify', { kind: 'status', code: 203, body: 'evil' }, 'UNTRUSTED'],
];

test.each(tarballs)('U-12: %s is typed and leaves no folder', async (_, fault, code) => {
  const world = await published();
  world.registry.fault({ path: 'tarball' }, fault);
  await expectRefusal(world, code);
  expect(await world.check()).toMatchObject({ kind: 'available' });
  world.registry.behave();
  expect(await world.stage()).toMatchObject({ version: '1.1.0' });
});

test.each([
  { integrity: null, code: 'UNTRUSTED' },
  { integrity: 'sha1-only', code: 'UNTRUSTED' },
  { integrity: 'sha512-short', code: 'UNTRUSTED' },
  { integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=', code: 'UNTRUSTED' },
  { integrity: `sha512-${'A'.repeat(86)}==`, code: 'INTEGRITY_MISMATCH' },
])('P-17: an announced integrity of $integrity is refused before anything is unpacked', async each => {
  const world = await newWorld();
  world.registry.publish(larger, { integrity: each.integrity });
  await expectRefusal(world, each.code);
});

const noVersions = ['latest', 'banana', '1.1', 'v1.1.0', '1.1.0 ', '../1.1.0'];
const noFolders = ['1.1.0-a.partial', '1.1.0-a.PARTIAL', `1.1.0-${'a'.repeat(200)}`];
test.each([...noVersions, ...noFolders])(
  'U-02: the version %j, which is not semver or can be no folder of the store, is an error of the registry',
  async version => {
    const world = await newWorld();
    world.registry.publish({ ...larger, version, manifest: { ...larger.manifest, version } });
    await expectRefusal(world, 'REGISTRY_MALFORMED');
  },
);

test('P-39: what a registry says is told in one bounded line that steers no terminal', async () => {
  const world = await newWorld();
  const version = `\u001b]0;title\u0007\u009b31m\u202e${'x'.repeat(5000)}`;
  world.registry.publish({ ...larger, version, manifest: { ...larger.manifest, version } });
  const [outcome] = await Promise.allSettled([world.check()]);
  const { message } = failureOf(outcome.status === 'rejected' ? outcome.reason : undefined);
  expect(message).toMatch(/^the registry offers no valid version of app-runtime: [\x20-\x7e]+…$/);
  expect(message.length).toBeLessThanOrEqual(1000);
});

test('P-22: a demand of megabytes is not compared, but told in short', async () => {
  const world = await newWorld();
  const node = '1||'.repeat(200_000);
  world.registry.publish({ ...larger, manifest: { ...larger.manifest, engines: { node } } });
  const check = await world.check();
  expect(check).toMatchObject({ kind: 'incompatible', reason: { field: 'engines' } });
  expect(JSON.stringify(check).length).toBeLessThan(1000);
});

test('an unknown channel and an unknown package are refused', async () => {
  const world = await published();
  expect(await codeOf(world.with({ channel: 'nightly' }).check())).toBe('REGISTRY_REFUSED');
  expect(await codeOf(world.with({ package: 'unheard-of' }).check())).toBe('REGISTRY_REFUSED');
});

test.each([
  ['cut', (text: string) => text.slice(0, text.length / 2)],
  ['with another hash', (text: string) => text.replace(/sha512-.{5}/, 'sha512-AAAAA')],
  ['without a channel', (text: string) => text.replace('"latest"', '"next"')],
])('P-25: a document that arrived %s once is not believed for as long as it is current', async (_, spoil) => {
  const world = await published();
  const answer = await fetch(`${world.registry.url}/${packageName}`, {
    headers: { accept: 'application/vnd.npm.install-v1+json' },
  });
  const headers = { etag: answer.headers.get('etag') ?? '', 'cache-control': 'max-age=300' };
  const body = spoil(await answer.text());
  world.registry.fault({ path: 'packument', times: 1 }, { kind: 'status', code: 200, headers, body });
  await codeOf(world.stage());
  const [, ending] = [await codeOf(world.stage()), await codeOf(world.check())];
  expect(ending).toContain('alreadyStaged');
  expect(await world.check()).toMatchObject({ kind: 'alreadyStaged' });
  expect(world.registry.requests.at(-1)).toMatchObject({ conditional: true, status: 304 });
});

test('no registry at all is unreachable', async () => {
  const world = await published();
  expect(await codeOf(world.with({ registry: 'http://127.0.0.1:1' }).check())).toBe('REGISTRY_UNREACHABLE');
});

test('P-25: Retry-After travels with the failure and is not retried away', async () => {
  const world = await published({ ...quick, retries: 3 });
  world.registry.fault(
    { path: 'packument' },
    { kind: 'status', code: 503, headers: { 'retry-after': '120' } },
  );
  const [outcome] = await Promise.allSettled([world.check()]);
  expect(outcome.status === 'rejected' && failureOf(outcome.reason).retryAfterMs).toBe(120_000);
  expect(world.registry.requests).toHaveLength(1);
});

test('a failure that passes by itself is retried within the check', async () => {
  const world = await published({ ...quick, retries: 2 });
  world.registry.fault({ path: 'packument', times: 2 }, status(500));
  expect(await world.check()).toMatchObject({ kind: 'available' });
});

test.each([
  { subject: 'packument', gzip: false },
  { subject: 'packument', gzip: true },
] as const)(
  'P-22: a document of 100 MB (compressed: $gzip) is refused in bounded memory',
  async ({ gzip }) => {
    const world = await published();
    world.registry.fault({}, { kind: 'hugeDocument', bytes: 100_000_000, gzip });
    const before = process.memoryUsage.rss();
    await expectRefusal(world, 'REGISTRY_MALFORMED');
    expect(process.memoryUsage.rss() - before).toBeLessThan(150_000_000);
  },
);

test.each(['{},', '[],', '0,', '{"a":'])(
  'P-22: a document that is made to explode in memory (%s) is refused before it is parsed',
  async unit => {
    const world = await published();
    const body = `{"name":"${packageName}","a":[${unit.repeat(Math.floor(30_000_000 / unit.length))}`;
    world.registry.fault({ path: 'packument' }, { kind: 'content', body });
    const before = process.memoryUsage.rss();
    expect(await codeOf(world.check())).toBe('REGISTRY_MALFORMED');
    expect(process.memoryUsage.rss() - before).toBeLessThan(150_000_000);
  },
);

const slow = { ...quick, documentMs: 700, downloadMs: 700 };
const slowness: readonly (readonly [string, FaultMatch['path'] & string, Fault, string])[] = [
  ['a document that trickles', 'packument', { kind: 'drip', bytesPerTick: 1, ms: 5 }, 'DOWNLOAD_STALLED'],
  ['a registry that never answers', 'packument', { kind: 'hang' }, 'REGISTRY_UNREACHABLE'],
  ['a tarball that trickles', 'tarball', { kind: 'drip', bytesPerTick: 1, ms: 5 }, 'DOWNLOAD_STALLED'],
  ['a tarball that never comes', 'tarball', { kind: 'hang' }, 'DOWNLOAD_STALLED'],
];
test.each(slowness)('P-22: %s ends at the total deadline', async (_, path, fault, code) => {
  const world = await published(slow);
  await published().then(other => other.check());
  world.registry.fault({ path }, fault);
  await expectRefusal(world, code);
});

test('P-22: a tarball above the cap is not downloaded to its end', async () => {
  const world = await published({ ...defaultLimits, tarballBytes: 1000 });
  await expectRefusal(world, 'DOWNLOAD_TOO_LARGE');
});

test('P-24: a tarball on another host is not fetched', async () => {
  const world = await newWorld();
  for (const tarballUrl of [
    'http://localhost:9/x.tgz',
    'file:///etc/passwd',
    'no url',
    'https://127.0.0.1/x.tgz',
  ]) {
    world.registry.publish(larger, { tarballUrl });
    await expectRefusal(world, 'UNTRUSTED');
  }
});

test('P-24: credentials go to their registry and follow no redirect to another port of its host', async () => {
  const seen: (string | undefined)[] = [];
  const thief = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end('');
  });
  await new Promise<void>(resolve => thief.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void thief.close());
  const { port } = thief.address() as AddressInfo;
  const world = await published();
  const key = `npm_config_//${new URL(world.registry.url).host}/:_authToken`;
  process.env[key] = 'npm_secretsecretsecret';
  onTestFinished(() => {
    delete process.env[key];
  });
  world.registry.fault({ path: 'tarball' }, { kind: 'redirect', url: `http://127.0.0.1:${port}/x.tgz` });
  await expectRefusal(world, 'UNTRUSTED');
  expect(world.registry.requests.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer npm_secretsecretsecret',
    'Bearer npm_secretsecretsecret',
  ]);
  expect(seen).toEqual([]);
});

test('P-24: a redirect to another host name goes on without credentials', async () => {
  const world = await published();
  const seen: (string | undefined)[] = [];
  const mirror = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end(larger.tarball);
  });
  await new Promise<void>(resolve => mirror.listen(0, 'localhost', resolve));
  onTestFinished(() => void mirror.close());
  const { port } = mirror.address() as AddressInfo;
  const key = `npm_config_//${new URL(world.registry.url).host}/:_authToken`;
  process.env[key] = 'npm_secretsecretsecret';
  onTestFinished(() => {
    delete process.env[key];
  });
  world.registry.fault({ path: 'tarball' }, { kind: 'redirect', url: `http://localhost:${port}/x.tgz` });
  expect(await world.stage()).toMatchObject({ version: '1.1.0' });
  expect(seen).toEqual([undefined]);
});

test('P-24: no message holds the credentials of a registry URL', async () => {
  const world = await published();
  const withSecret = world.registry.url.replace('//', '//user:hunter2@');
  world.registry.fault({ path: 'packument' }, status(500));
  const [outcome] = await Promise.allSettled([world.with({ registry: withSecret }).check()]);
  expect(outcome.status === 'rejected' && failureOf(outcome.reason).message).not.toContain('hunter2');
});

test('C-03: a check and a download that are cancelled end at once and with the reason of the signal', async () => {
  const world = await published();
  world.registry.fault({ path: 'packument', times: 1 }, { kind: 'hang' });
  const first = new AbortController();
  const check = world.check(first.signal);
  await vi.waitUntil(() => world.registry.requests.length === 1, { timeout: 30_000 });
  first.abort(new Error('changed my mind'));
  await expect(check).rejects.toThrow('changed my mind');
  world.registry.fault({ path: 'tarball' }, { kind: 'drip', bytesPerTick: 1, ms: 5 });
  const second = new AbortController();
  const staging = world.stage(second.signal);
  await vi.waitUntil(() => world.registry.requests.at(-1)?.subject === 'tarball', { timeout: 30_000 });
  second.abort(new Error('again'));
  await expect(staging).rejects.toThrow('again');
  expect(world.partials()).toEqual([]);
});
