import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import {
  makePackage,
  type PackedPackage,
  type RawEntry,
  rawTarball,
  withTarball,
} from '#src/testing/index.js';
import { entry } from './entries.ts';

/** What answers instead of a registry; nothing at all leaves the request to a registry that behaves. */
type Answer = (response: ServerResponse) => void;

export type Bomb = {
  readonly what: string;
  /** The outcome of the update, or the code of its failure. */
  readonly ends: string;
  readonly limits?: Readonly<Record<string, number>>;
  readonly tarball?: () => Buffer;
  readonly manifest?: () => Readonly<Record<string, unknown>>;
  readonly onDocument?: Answer;
  readonly onTarball?: Answer;
};

export const name = 'app-runtime';
const million = 1_000_000;
const someHash = `sha512-${'A'.repeat(86)}==`;
const manifest: RawEntry = entry('package.json', {
  content: JSON.stringify({ name, version: '1.2.0', bin: 'cli.js' }),
});
const good = [manifest, entry('cli.js')];

/** A manifest whose exports name many modules with long names. */
const manyExports = (packageName: string, amount: number, length: number): string => {
  const keys = Array.from({ length: amount }, (_, at) => [`./${String(at).padStart(length, 'x')}`, './x']);
  return JSON.stringify({ name: packageName, version: '1.0.0', exports: Object.fromEntries(keys) });
};

/** The same bytes again and again, as fast as they are taken. */
const endless =
  (chunk: string, head = ''): Answer =>
  response => {
    const block = Buffer.from(chunk.repeat(Math.ceil(65_536 / chunk.length)));
    const more = (): void => {
      while (!response.destroyed && response.write(block));
    };
    response.write(head);
    response.on('drain', more);
    more();
  };

const text =
  (make: () => string): Answer =>
  response =>
    void response.end(make());

const raw =
  (bytes: string, times: number): Answer =>
  ({ socket }) => {
    let left = times;
    const more = (): void => {
      while (left > 0 && socket?.writable === true) {
        left -= 1;
        if (!socket.write(bytes)) return;
      }
    };
    socket?.on('drain', more);
    more();
  };

const typed = (letter: string, bytes: number): RawEntry => ({
  path: '././@LongLink',
  content: Buffer.alloc(bytes, 'x'),
  damage: header => void header.write(letter, 156, 'latin1'),
});

export const bombs: readonly Bomb[] = [
  {
    what: 'a file of 60 MB of zeros in 60 kB',
    ends: 'PACKAGE_UNSAFE',
    tarball: () => rawTarball([...good, entry('zeros', { content: Buffer.alloc(60 * million) })]),
  },
  { what: 'a document without an end', ends: 'REGISTRY_MALFORMED', onDocument: endless('x', '{"a":"') },
  {
    what: 'a package.json of 30 MB that takes 2 GB to parse',
    ends: 'PACKAGE_INVALID',
    tarball: () => rawTarball([entry('package.json', { content: `[${'{},'.repeat(10 * million)}1]` })]),
  },
  {
    what: 'a tarball without an end',
    ends: 'DOWNLOAD_TOO_LARGE',
    limits: { tarballBytes: 20 * million },
    onTarball: endless('x'),
  },
  {
    what: 'a document nested without an end',
    ends: 'REGISTRY_MALFORMED',
    onDocument: endless('['),
  },
  {
    what: 'a document of values without an end',
    ends: 'REGISTRY_MALFORMED',
    onDocument: endless('{},', '['),
  },
  {
    what: 'a document with a text of 30 MB',
    ends: 'REGISTRY_MALFORMED',
    onDocument: text(() => `{"readme":"${'x'.repeat(30 * million)}"}`),
  },
  {
    what: 'a document of 1,400,000 values',
    ends: 'REGISTRY_MALFORMED',
    onDocument: text(() => `{"a":[${'{},'.repeat(700_000 - 1)}1]}`),
  },
  {
    what: 'a demand of 20 MB for versions of Node',
    ends: 'incompatible',
    manifest: () => ({ engines: { node: '1||'.repeat(7 * million) } }),
  },
  {
    what: 'a demand for 500,000 platforms',
    ends: 'incompatible',
    manifest: () => ({ os: Array.from({ length: 500_000 }, (_, at) => `os${at}`) }),
  },
  {
    what: 'a document of 300,000 versions below one for a newer shell',
    ends: 'outgrown',
    onDocument: text(() => {
      const newest = {
        name,
        version: '9.0.0',
        engines: { 'my-app': '>=9' },
        dist: { tarball: `https://registry.npmjs.org/${name}/-/${name}-9.0.0.tgz`, integrity: someHash },
      };
      const older = Array.from({ length: 300_000 }, (_, at) => `"1.0.${at}":{},`).join('');
      const tags = '"dist-tags":{"latest":"9.0.0"}';
      return `{"name":"${name}",${tags},"versions":{${older}"9.0.0":${JSON.stringify(newest)}}}`;
    }),
  },
  {
    what: 'a body that its encoding blows up',
    ends: 'DOWNLOAD_TOO_LARGE',
    limits: { tarballBytes: 20 * million },
    onTarball: response => {
      response.setHeader('content-encoding', 'gzip');
      response.end(gzipSync(Buffer.alloc(150 * million)));
    },
  },
  {
    what: 'a header of 100 MB',
    ends: 'REGISTRY_UNREACHABLE',
    onDocument: raw(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(100_000)}`, 1000),
  },
  {
    what: 'interim answers without an end',
    ends: 'REGISTRY_UNREACHABLE',
    limits: { documentMs: 1500 },
    onDocument: raw('HTTP/1.1 102 Processing\r\n\r\n'.repeat(1000), Number.POSITIVE_INFINITY),
  },
  {
    what: 'redirects without an end',
    ends: 'REGISTRY_MALFORMED',
    onDocument: response => {
      response.writeHead(302, { location: `/${name}?${process.hrtime.bigint()}` }).end();
    },
  },
  {
    what: '6,000 files where 5,000 are admitted',
    ends: 'DOWNLOAD_TOO_LARGE',
    limits: { files: 5000 },
    tarball: () => rawTarball([...good, ...Array.from({ length: 6000 }, (_, at) => entry(`${at}`))]),
  },
  {
    what: 'a record of npm of 3 MB whose values take more',
    ends: 'staged',
    tarball: () =>
      rawTarball([
        ...good,
        entry('node_modules/.package-lock.json', {
          content: `{"packages":[${'{},'.repeat(million)}1]}`,
        }),
      ]),
  },
  {
    what: 'a record of npm of 30 MB',
    ends: 'PACKAGE_INVALID',
    tarball: () =>
      rawTarball([
        ...good,
        entry('node_modules/.package-lock.json', { content: `[${'{},'.repeat(10 * million)}1]` }),
      ]),
  },
  {
    what: 'sixty packages of 1 MB of exports each',
    ends: 'PACKAGE_UNSAFE',
    tarball: () =>
      rawTarball([
        ...good,
        ...Array.from({ length: 60 }, (_, at) =>
          entry(`node_modules/p${at}/package.json`, { content: manyExports(`p${at}`, 5000, 180) }),
        ),
      ]),
  },
  {
    what: 'a hundred packages of 1 MB of what nobody needs',
    ends: 'staged',
    tarball: () =>
      rawTarball([
        ...good,
        // The bound on how far a tarball may be compressed is another bomb's.
        entry('noise', { content: randomBytes(4 * million) }),
        ...Array.from({ length: 100 }, (_, at) =>
          entry(`node_modules/p${at}/package.json`, {
            content: `{"name":"p${at}","version":"1.0.0","exports":{"x":[${'{},'.repeat(0.34 * million)}1]}}`,
          }),
        ),
      ]),
  },
  {
    what: 'a pax header of 60 MB',
    ends: 'PACKAGE_UNSAFE',
    tarball: () => rawTarball([...good, typed('x', 60 * million), entry('a')]),
  },
  {
    what: 'a long name of 60 MB',
    ends: 'PACKAGE_UNSAFE',
    tarball: () => rawTarball([...good, typed('L', 60 * million), entry('a')]),
  },
  {
    what: '20,000 gzip members of nothing',
    ends: 'PACKAGE_UNSAFE',
    tarball: () => Buffer.concat(Array.from({ length: 20_000 }, () => gzipSync(''))),
  },
];

/** What the registry serves for a bomb, besides what the bomb itself answers. */
export const packageOf = ({ tarball, manifest: more }: Bomb): PackedPackage => {
  const packed = makePackage({
    name,
    version: '1.2.0',
    files: { 'cli.js': '' },
    manifest: { bin: 'cli.js', ...more?.() },
  });
  return tarball === undefined ? packed : withTarball(packed, tarball());
};
