import fc from 'fast-check';
import type { Fault, LoopbackRegistry, PackedPackage } from '#src/testing/index.js';

/** A fault on one kind of request, and how often. */
export type Gust = { readonly path: 'packument' | 'tarball'; readonly fault: Fault; readonly times: number };

const portal = '<!doctype html><title>Sign in</title>';
const retryAfter = [
  ['0', '1', '120', '-5', '1e308', '1e400', '99999999999999', 'soon', '', 'NaN', 'Infinity', '0x10'],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 'Fri, 31 Dec 9999 23:59:59 GMT', '1, 2', '\t7'],
].flat();

const status = (code: number, headers: Readonly<Record<string, string>> = {}, body = ''): Fault => ({
  kind: 'status',
  code,
  headers,
  body,
});

const faults = ({ url }: LoopbackRegistry, { name, version }: PackedPackage): readonly Fault[] => [
  { kind: 'reset' },
  { kind: 'html' },
  { kind: 'hang' },
  { kind: 'notJson' },
  { kind: 'drip', bytesPerTick: 1, ms: 5 },
  { kind: 'hugeDocument', bytes: 300_000 },
  { kind: 'hugeDocument', bytes: 300_000, gzip: true },
  { kind: 'tamperTarball' },
  { kind: 'tamperTarball', atByte: 0 },
  ...[0, 1, 100].flatMap((atByte): Fault[] => [
    { kind: 'cutTarball', atByte },
    { kind: 'cutTarball', atByte, clean: true },
  ]),
  ...[400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 418, 420, 422, 425, 451].map(code => status(code)),
  ...[500, 501, 502, 503, 504, 507, 511, 520, 522, 530, 599].map(code => status(code, {}, portal)),
  ...[204, 206, 226, 300, 304, 305].map(code => status(code, {}, '{}')),
  ...retryAfter.flatMap(value => [429, 503].map(code => status(code, { 'retry-after': value }))),
  ...['0', '1', '99999999'].map(length => status(200, { 'content-length': length }, '{"name":1}')),
  status(200, { 'content-encoding': 'gzip' }, 'not gzip'),
  status(200, { 'content-encoding': 'br' }, 'not br'),
  status(200, { 'content-type': 'text/html', 'transfer-encoding': 'chunked' }, portal),
  ...[
    '',
    ' ',
    '/',
    '//',
    'http://',
    '%',
    `${url}/${name}`,
    '/login',
    'http://localhost:1/',
    'https://127.0.0.1:1/',
  ].map((location): Fault => ({ kind: 'redirect', url: location })),
  status(301, {}, 'no location'),
  { kind: 'redirect', url: `${url}/${name}/-/${name}-${version}.tgz` },
  ...['', 'null', '[]', '{}', '0', '"', portal, '\0'].map((body): Fault => ({ kind: 'content', body })),
  { kind: 'content', body: Buffer.alloc(40_000, 0x1f) },
];

/** What a bad network and a worse registry do during one check: up to four faults, one after the other or for ever. */
export const weather = (registry: LoopbackRegistry, packed: PackedPackage): fc.Arbitrary<Gust[]> =>
  fc.array(
    fc.record({
      path: fc.constantFrom<Gust['path']>('packument', 'packument', 'tarball'),
      fault: fc.constantFrom(...faults(registry, packed)),
      times: fc.constantFrom(1, 2, Number.POSITIVE_INFINITY),
    }),
    { minLength: 1, maxLength: 4 },
  );
