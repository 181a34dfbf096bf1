import { request } from 'node:http';
import pacote from 'pacote';
import { expect, test } from 'vitest';
import { makePackage, rawTarball, withTarball } from '#src/testing/index.js';
import { temporaryFolder } from '../../support/folder.ts';
import { registryForTest } from '../../support/loopback.ts';

const packageOf = (version: string, name = 'app') =>
  makePackage({ name, version, files: { 'cli.js': version } });

const optionsFor = (registry: string) => ({
  registry: `${registry}/`,
  cache: temporaryFolder(),
  preferOnline: true,
  retry: { retries: 0 },
});

test('pacote resolves a tag, fetches the tarball and finds its integrity', async () => {
  const registry = await registryForTest();
  const packed = packageOf('1.1.0');
  registry.publish(packageOf('1.0.0'));
  registry.publish(packed);
  const options = optionsFor(registry.url);
  const manifest = await pacote.manifest('app@latest', options);
  expect(manifest).toMatchObject({ version: '1.1.0', _integrity: packed.integrity });
  const tarball = await pacote.tarball('app@1.1.0', { ...options, integrity: packed.integrity });
  expect(Buffer.from(tarball).equals(packed.tarball)).toBe(true);
});

test('pacote finds a scoped package', async () => {
  const registry = await registryForTest();
  registry.publish(packageOf('1.0.0', '@acme/app'));
  const options = optionsFor(registry.url);
  expect(await pacote.tarball('@acme/app@latest', options)).toHaveLength(
    packageOf('1.0.0', '@acme/app').tarball.length,
  );
});

test('a second check of pacote is one conditional request, answered with 304 until something is published', async () => {
  const registry = await registryForTest();
  registry.publish(packageOf('1.0.0'));
  const options = optionsFor(registry.url);
  await pacote.manifest('app@latest', options);
  await pacote.manifest('app@latest', options);
  registry.publish(packageOf('1.0.1'));
  const { version } = await pacote.manifest('app@latest', options);
  expect(version).toBe('1.0.1');
  expect(registry.requests.map(({ conditional, status, subject }) => [subject, conditional, status])).toEqual(
    [
      ['packument', false, 200],
      ['packument', true, 304],
      ['packument', true, 200],
    ],
  );
});

test('a tag moves where it is told to, backwards too, and only to what is there', async () => {
  const registry = await registryForTest();
  registry.publish(packageOf('2.0.0-beta.1'), { tag: 'next' });
  registry.publish(packageOf('1.0.0'));
  registry.publish(packageOf('1.1.0'));
  registry.tag('app', 'latest', '1.0.0');
  const options = optionsFor(registry.url);
  expect((await pacote.manifest('app@latest', options)).version).toBe('1.0.0');
  expect((await pacote.manifest('app@next', options)).version).toBe('2.0.0-beta.1');
  expect(() => registry.tag('app', 'latest', '3.0.0')).toThrow('app@3.0.0');
});

test('the short document leaves out what npm leaves out, the full one has times', async () => {
  const registry = await registryForTest();
  const manifest = { os: ['linux'], libc: ['musl'], main: 'cli.js' };
  registry.publish(makePackage({ name: 'app', version: '1.0.0', files: {}, manifest }), {
    time: '2030-01-01T00:00:00.000Z',
  });
  const options = optionsFor(registry.url);
  const short = await pacote.packument('app', options);
  expect(short.versions['1.0.0']).toMatchObject({ os: ['linux'] });
  expect(short.versions['1.0.0']).not.toHaveProperty('libc');
  const full = await pacote.packument('app', { ...options, fullMetadata: true });
  expect(full.versions['1.0.0']).toMatchObject(manifest);
  expect(full).toHaveProperty(['time', '1.0.0'], '2030-01-01T00:00:00.000Z');
});

const integrities = [
  [undefined, { integrity: packageOf('1.0.0').integrity, shasum: packageOf('1.0.0').shasum }],
  ['sha512-AAAA', { integrity: 'sha512-AAAA', shasum: packageOf('1.0.0').shasum }],
  ['sha1-only', { shasum: packageOf('1.0.0').shasum }],
  [null, {}],
] as const;

test.each(integrities)(
  'published with integrity %s, a version announces %o',
  async (integrity, announced) => {
    const registry = await registryForTest();
    registry.publish(packageOf('1.0.0'), integrity === undefined ? {} : { integrity });
    const { dist } = (await pacote.packument('app', optionsFor(registry.url))).versions['1.0.0'] ?? {};
    const { tarball: _, fileCount: __, unpackedSize: ___, ...hashes } = dist ?? {};
    expect(hashes).toEqual(announced);
  },
);

test('a tarball can be announced at another place', async () => {
  const [registry, mirror] = await Promise.all([registryForTest(), registryForTest()]);
  mirror.publish(packageOf('1.0.0'));
  registry.publish(packageOf('1.0.0'), { tarballUrl: `${mirror.url}/app/-/app-1.0.0.tgz` });
  await pacote.tarball('app@1.0.0', optionsFor(registry.url));
  expect(registry.requests.map(seen => seen.subject)).toEqual(['packument']);
  expect(mirror.requests.map(seen => seen.subject)).toEqual(['tarball']);
});

test('the version inside a tarball may be hostile while the announcement fits its bytes', async () => {
  const registry = await registryForTest();
  const hostile = rawTarball([{ path: 'package/../../up', content: 'x' }]);
  registry.publish(withTarball(packageOf('1.0.0'), hostile));
  const tarball = await pacote.tarball('app@1.0.0', optionsFor(registry.url));
  expect(Buffer.from(tarball).equals(hostile)).toBe(true);
});

test('an unknown package and an unknown tag are refused as npm does', async () => {
  const registry = await registryForTest();
  registry.publish(packageOf('1.0.0'));
  const options = optionsFor(registry.url);
  await expect(pacote.manifest('other@latest', options)).rejects.toMatchObject({ code: 'E404' });
  await expect(pacote.manifest('app@nightly', options)).rejects.toMatchObject({ code: 'ETARGET' });
});

const get = (url: string, headers: Record<string, string> = {}): Promise<{ status: number; json: unknown }> =>
  new Promise((resolve, reject) => {
    const asked = request(url, { agent: false, headers }, response => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, json: JSON.parse(Buffer.concat(chunks).toString()) }),
      );
    });
    asked.on('error', reject).end();
  });

test('ping, dist-tags and single versions answer, odd paths are not found', async () => {
  const registry = await registryForTest();
  registry.publish(packageOf('1.0.0', '@acme/app'));
  const { url } = registry;
  expect(await get(`${url}/-/ping`)).toEqual({ status: 200, json: {} });
  const tags = await get(`${url}/-/package/@acme%2fapp/dist-tags`);
  expect(tags).toEqual({ status: 200, json: { latest: '1.0.0' } });
  expect(await get(`${url}/@acme/app/latest`)).toMatchObject({ json: { version: '1.0.0' } });
  for (const path of ['/', '/-/v1/search', '/%', '/@acme', '/@acme/app/-/other.tgz', '/@acme/app/2.0.0']) {
    expect(await get(url + path), path).toMatchObject({ status: 404 });
  }
});

test('what a client sent is kept with the request', async () => {
  const registry = await registryForTest();
  await get(`${registry.url}/app?write=true`, { authorization: 'Bearer abc' });
  expect(registry.requests).toEqual([
    expect.objectContaining({
      method: 'GET',
      url: '/app?write=true',
      headers: expect.objectContaining({ authorization: 'Bearer abc' }),
    }),
  ]);
});
