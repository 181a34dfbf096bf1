import { onTestFinished } from 'vitest';
import type { Fault, LoopbackRegistry, PackedPackage } from '#src/testing/index.js';
import { startServer } from './answering.ts';

/** Another server that would like to have the credentials: on another port of the host, and under another name. */
export type Thieves = {
  readonly near: string;
  readonly far: string;
  /** Everything that they got: request lines and headers. */
  loot(): string;
};

export const startThieves = async (tarball: Buffer): Promise<Thieves> => {
  const near = await startServer((_, response) => void response.end(tarball));
  const far = await startServer((request, response) => {
    if (request.url?.includes('asks') === true) response.writeHead(401, { 'www-authenticate': 'Basic' });
    response.end(tarball);
  }, 'localhost');
  return {
    near: `http://127.0.0.1:${near.port}`,
    far: `http://localhost:${far.port}`,
    loot: () =>
      [...near.requests, ...far.requests]
        .map(({ url, rawHeaders }) => [url, ...rawHeaders].join('\n'))
        .join('\n\n'),
  };
};

/** What a registry does to make a client carry its credentials elsewhere, or write them down. */
export type Trick = {
  readonly what: string;
  readonly play: (registry: LoopbackRegistry, packed: PackedPackage, thieves: Thieves) => void;
};

const redirect = (path: 'packument' | 'tarball', what: string, to: (thieves: Thieves) => string): Trick => ({
  what: `${path} redirected to ${what}`,
  play: (registry, packed, thieves) => {
    registry.publish(packed);
    registry.fault({ path }, { kind: 'redirect', url: to(thieves) });
  },
});

const tarballAt = (what: string, to: (thieves: Thieves) => string): Trick => ({
  what: `tarball at ${what}`,
  play: (registry, packed, thieves) => registry.publish(packed, { tarballUrl: to(thieves) }),
});

const answered = (
  path: 'packument' | 'tarball',
  what: string,
  code: number,
  headers: Readonly<Record<string, string>>,
): Trick => ({
  what: `${path} answered with ${what}`,
  play: (registry, packed) => {
    registry.publish(packed);
    registry.fault({ path }, { kind: 'status', code, headers });
  },
});

/** A good answer with another header, which the client may keep in its cache. */
const good = (what: string, headers: Readonly<Record<string, string>>): Trick => ({
  what: `a good document with ${what}`,
  play: (registry, packed) => {
    const { name, version, manifest, integrity } = packed;
    registry.publish(packed);
    const file = `${name.slice(name.indexOf('/') + 1)}-${version}.tgz`;
    const dist = { tarball: `${registry.url}/${name}/-/${file}`, integrity };
    const body = JSON.stringify({
      name,
      'dist-tags': { latest: version },
      versions: { [version]: { ...manifest, dist } },
    });
    const fault: Fault = { kind: 'status', code: 200, headers: { etag: '"1"', ...headers }, body };
    registry.fault({ path: 'packument' }, fault);
  },
});

const places: readonly (readonly [string, (thieves: Thieves) => string])[] = [
  ['another port', ({ near }) => `${near}/x.tgz`],
  ['another name', ({ far }) => `${far}/x.tgz`],
  ['another name that asks for credentials', ({ far }) => `${far}/asks/x.tgz`],
  ['another port with credentials of its own', ({ near }) => near.replace('//', '//thief:x@')],
  ['the same host in other spelling', ({ near }) => near.replace('127.0.0.1', '127.1')],
  ['a place without a scheme', ({ near }) => near.replace('http:', '')],
  ['a place behind backslashes', ({ near }) => near.replace('http://', '\\\\')],
  [
    'an unencrypted place of the public registry',
    ({ near }) => near.replace('http://', 'http://registry.npmjs.org//'),
  ],
];

export const tricks: readonly Trick[] = [
  ...places.flatMap(([what, to]) => [
    redirect('packument', what, to),
    redirect('tarball', what, to),
    tarballAt(what, to),
  ]),
  tarballAt('the public registry with a host for a path', ({ near }) =>
    near.replace('http://', 'https://registry.npmjs.org//'),
  ),
  ...['Authorization', 'authorization, accept', 'Cookie, AUTHORIZATION', 'npm-otp,authorization', '*'].map(
    vary => good(`Vary: ${vary}`, { vary }),
  ),
  good('cache-control: private', { 'cache-control': 'private, max-age=1000', 'set-cookie': 'a=b' }),
  ...(['packument', 'tarball'] as const).flatMap(path => [
    answered(path, '401', 401, { 'www-authenticate': 'Basic realm="give it to me"' }),
    answered(path, '401 that asks for a one-time password', 401, { 'www-authenticate': 'OTP' }),
    answered(path, '403 and a notice', 403, { 'npm-notice': 'log in again' }),
    answered(path, '500', 500, { vary: 'authorization' }),
    answered(path, '429', 429, { 'retry-after': '1' }),
  ]),
];

/** Sets variables of the environment for one test. */
export const environment = (variables: Readonly<Record<string, string>>): void => {
  const before = Object.fromEntries(Object.keys(variables).map(name => [name, process.env[name]]));
  Object.assign(process.env, variables);
  onTestFinished(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
};
