import { get, type IncomingHttpHeaders } from 'node:http';
import { gunzipSync } from 'node:zlib';
import pacote from 'pacote';
import { expect, test } from 'vitest';
import { type Fault, type LoopbackRegistry, makePackage } from '#src/testing/index.js';
import { temporaryFolder } from '../../support/folder.ts';
import { registryForTest } from '../../support/loopback.ts';

const packed = makePackage({ name: 'app', version: '1.0.0', files: { 'cli.js': 'x'.repeat(2000) } });

type Got = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly error: string | null;
};

/** A bare client: what arrives is seen as it came, and whether it came whole. */
const ask = (url: string, headers: Record<string, string> = {}): Promise<Got> =>
  new Promise((resolve, reject) => {
    get(url, { agent: false, headers }, response => {
      const chunks: Buffer[] = [];
      const settle = (error: string | null): void =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
          error,
        });
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => settle(null));
      response.on('error', error => settle('code' in error ? String(error.code) : error.message));
    }).on('error', reject);
  });

const registryWith = async (fault: Fault): Promise<LoopbackRegistry> => {
  const registry = await registryForTest();
  registry.publish(packed);
  registry.fault({}, fault);
  return registry;
};

const tarballOf = (registry: LoopbackRegistry): string => `${registry.url}/app/-/app-1.0.0.tgz`;

const optionsFor = (registry: LoopbackRegistry) => ({
  registry: `${registry.url}/`,
  cache: temporaryFolder(),
  retry: { retries: 0 },
});

test('a document is compressed for a client that takes gzip, and only for that', async () => {
  const registry = await registryForTest();
  registry.publish(packed);
  const plain = await ask(`${registry.url}/app`);
  const compressed = await ask(`${registry.url}/app`, { 'accept-encoding': 'gzip' });
  expect(plain.headers).not.toHaveProperty('content-encoding');
  expect(compressed.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(compressed.body).equals(plain.body)).toBe(true);
});

test('status: an error with its headers reaches the client', async () => {
  const registry = await registryWith({ kind: 'status', code: 429, headers: { 'retry-after': '7' } });
  const { status, headers } = await ask(`${registry.url}/app`);
  expect([status, headers['retry-after']]).toEqual([429, '7']);
  await expect(pacote.manifest('app@latest', optionsFor(registry))).rejects.toMatchObject({ code: 'E429' });
  expect(registry.requests.map(seen => seen.status)).toEqual([429, 429]);
});

test('reset: the connection is reset before any answer', async () => {
  const registry = await registryWith({ kind: 'reset' });
  await expect(ask(`${registry.url}/app`)).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(registry.requests.map(seen => seen.status)).toEqual([null]);
});

test('html: a login page with status 200', async () => {
  const registry = await registryWith({ kind: 'html' });
  const { status, headers, body } = await ask(`${registry.url}/app`);
  expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(body.toString()).toContain('<html>');
});

test('cutTarball: the connection breaks after so many bytes of a longer body', async () => {
  const registry = await registryWith({ kind: 'cutTarball', atByte: 100 });
  const { body, headers, error } = await ask(tarballOf(registry));
  expect(body.equals(packed.tarball.subarray(0, 100))).toBe(true);
  expect(headers['content-length']).toBe(String(packed.tarball.length));
  expect(error).toBe('ECONNRESET');
});

test('cutTarball, clean: a shorter body that looks whole', async () => {
  const registry = await registryWith({ kind: 'cutTarball', atByte: 100, clean: true });
  const { body, headers, error } = await ask(tarballOf(registry));
  expect([body.length, headers['content-length'], error]).toEqual([100, '100', null]);
  await expect(pacote.tarball('app@1.0.0', optionsFor(registry))).rejects.toMatchObject({
    code: 'EINTEGRITY',
  });
});

test('tamperTarball: one bit differs and the length stays', async () => {
  const registry = await registryWith({ kind: 'tamperTarball', atByte: 50 });
  const { body } = await ask(tarballOf(registry));
  expect(body.length).toBe(packed.tarball.length);
  const differing = [...body.keys()].filter(at => body[at] !== packed.tarball[at]);
  expect(differing).toEqual([50]);
  await expect(pacote.tarball('app@1.0.0', optionsFor(registry))).rejects.toMatchObject({
    code: 'EINTEGRITY',
  });
});

test('drip: the body comes whole in many small pieces', async () => {
  const registry = await registryWith({ kind: 'drip', bytesPerTick: 20, ms: 1 });
  const sizes: number[] = [];
  const body = await new Promise<Buffer>((resolve, reject) => {
    get(tarballOf(registry), { agent: false }, response => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => {
        sizes.push(chunk.length);
        chunks.push(chunk);
      });
      response.on('end', () => resolve(Buffer.concat(chunks)));
    }).on('error', reject);
  });
  expect(body.equals(packed.tarball)).toBe(true);
  expect(sizes.length).toBeGreaterThan(1);
});

test('hang: the request arrives and is never answered, and closing frees the client', async () => {
  const registry = await registryWith({ kind: 'hang' });
  const asked = ask(`${registry.url}/app`).catch((error: unknown) => error);
  await expect.poll(() => registry.requests.length).toBe(1);
  expect(registry.requests[0]?.status).toBe(null);
  await registry.close();
  expect(await asked).toMatchObject({ code: 'ECONNRESET' });
});

test('hugeDocument: a valid document of the size that was asked for', async () => {
  const registry = await registryWith({ kind: 'hugeDocument', bytes: 1_000_000 });
  const { body } = await ask(`${registry.url}/app`);
  expect(body.length).toBe(1_000_000);
  expect(JSON.parse(body.toString())).toMatchObject({ 'dist-tags': { latest: '1.0.0' } });
});

test('hugeDocument, gzip: a bomb of a few bytes', async () => {
  const registry = await registryWith({ kind: 'hugeDocument', bytes: 1_000_000, gzip: true });
  const { body, headers } = await ask(`${registry.url}/app`);
  expect(headers['content-encoding']).toBe('gzip');
  expect(body.length).toBeLessThan(5_000);
  expect(gunzipSync(body).length).toBe(1_000_000);
});

test('hugeDocument: a client that hangs up ends it', async () => {
  const registry = await registryWith({ kind: 'hugeDocument', bytes: 1_000_000_000 });
  await new Promise<void>((resolve, reject) => {
    const asked = get(`${registry.url}/app`, { agent: false }, response => {
      response.once('data', () => asked.destroy());
      response.once('close', resolve);
      response.on('error', () => resolve());
    }).on('error', reject);
  });
  registry.behave();
  expect((await ask(`${registry.url}/app`)).status).toBe(200);
});

test('redirect: the client is sent elsewhere', async () => {
  const other = await registryForTest();
  other.publish(packed);
  const registry = await registryWith({ kind: 'redirect', url: `${other.url}/app` });
  expect((await pacote.manifest('app@latest', optionsFor(registry))).version).toBe('1.0.0');
  expect(other.requests).toHaveLength(1);
});

test('notJson: the document breaks off in the middle', async () => {
  const registry = await registryWith({ kind: 'notJson' });
  const { status, body, error } = await ask(`${registry.url}/app`);
  expect([status, error]).toEqual([200, null]);
  expect(() => JSON.parse(body.toString())).toThrow(SyntaxError);
});

test('content: any body takes the place of the answer', async () => {
  const registry = await registryWith({ kind: 'content', body: '{"versions":7}' });
  expect((await ask(`${registry.url}/app`)).body.toString()).toBe('{"versions":7}');
});

test('a fault meets only what it is meant for, as often as it is meant to, in the order in which faults were armed', async () => {
  const registry = await registryForTest();
  registry.publish(packed);
  registry.fault({ path: 'packument', times: 2 }, { kind: 'status', code: 500 });
  registry.fault({ path: /^\/app$/, times: 1 }, { kind: 'status', code: 502 });
  const disarm = registry.fault({ path: 'tarball' }, { kind: 'status', code: 503 });
  const document = async (): Promise<number> => (await ask(`${registry.url}/app`)).status;
  expect([await document(), await document(), await document(), await document()]).toEqual([
    500, 500, 502, 200,
  ]);
  expect((await ask(tarballOf(registry))).status).toBe(503);
  disarm();
  expect((await ask(tarballOf(registry))).status).toBe(200);
});

test('a fault of tarballs leaves documents alone, a fault of documents leaves tarballs alone', async () => {
  const registry = await registryForTest();
  registry.publish(packed);
  registry.fault({}, { kind: 'tamperTarball' });
  registry.fault({}, { kind: 'notJson' });
  const { body: document } = await ask(`${registry.url}/app`);
  expect(document.length).toBeGreaterThan(100);
  expect(registry.requests).toHaveLength(1);
  expect((await ask(tarballOf(registry))).body.length).toBe(packed.tarball.length);
});
