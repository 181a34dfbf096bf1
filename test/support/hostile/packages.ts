import { gzipSync } from 'node:zlib';
import type { FailureCode } from '#machines/failure.js';
import { type RawEntry, rawTarball } from '#src/testing/index.js';
import { entry, hostileEntries } from './entries.ts';
import { lyingHeaders, twoArchives } from './headers.ts';

/** A tarball that an update must refuse, and with which code. */
export type HostilePackage = { readonly what: string; readonly tarball: Buffer; readonly code: FailureCode };

/** Who the package says that it is, and the names of what the shell copies beside it. */
export type Identity = { readonly name: string; readonly version: string; readonly native: string };

type Named = readonly [what: string, ...entries: RawEntry[]];

const manifestText = ({ name, version }: Identity, more: object = {}): string =>
  JSON.stringify({ name, version, bin: 'cli.js', ...more });
const file = (content: string | Buffer): RawEntry => entry('package.json', { content });
const cli = entry('cli.js');

const manifests = (id: Identity): readonly (readonly [what: string, content: string | Buffer])[] => [
  ['that is empty', ''],
  ['that is no JSON', '{'],
  ['that is a list', '[]'],
  ['that is null', 'null'],
  ['that is a text', '"package"'],
  ['in UTF-16', Buffer.from(`\ufeff${manifestText(id)}`, 'utf16le')],
  ['with something behind it', `${manifestText(id)}{}`],
  ['of another name', manifestText({ ...id, name: 'another' })],
  ['of the name in capitals', manifestText({ ...id, name: id.name.toUpperCase() })],
  ['of another version', manifestText({ ...id, version: '9.9.9' })],
  ['without a version', JSON.stringify({ name: id.name, bin: 'cli.js' })],
  ['whose version is a number', JSON.stringify({ name: id.name, version: 1.2, bin: 'cli.js' })],
  ['whose name is inherited', `{"__proto__":{"name":"${id.name}","version":"${id.version}"}}`],
  ['of 2 MB', manifestText(id, { padding: 'x'.repeat(2_000_000) })],
  ['that explodes in memory', `{"name":"${id.name}","x":[${'{},'.repeat(2_000_000)}1]}`],
  ['that is nested 200,000 deep', '['.repeat(200_000)],
  ['that asks for another platform', manifestText(id, { os: ['plan9'] })],
  ['that asks for another Node', manifestText(id, { engines: { node: '<1' } })],
  [
    'that asks for another Node in 500,000 characters',
    manifestText(id, { engines: { node: '1||'.repeat(170_000) } }),
  ],
];

const entries = [
  '../../../../evil.js',
  '/etc/passwd',
  'missing.js',
  '..',
  '.',
  'cli.js/',
  'lib',
  'lib/',
  'cli.js/inner.js',
  'C:\\evil.js',
  '..\\..\\evil.js',
  'cli.js\0.txt',
  'a/../../evil.js',
  '\\\\host\\share\\evil.js',
];

const brokenPackages = (id: Identity): readonly Named[] => [
  ['only folders', entry('lib/', { type: 'Directory', content: '' })],
  ['a file but no package.json', cli],
  ['package.json as a folder', entry('package.json/', { type: 'Directory', content: '' }), cli],
  ['package.json in a folder only', entry('lib/package.json', { content: manifestText(id) }), cli],
  ...manifests(id).map(([what, content]): Named => [`a package.json ${what}`, file(content), cli]),
  ...entries.map(
    (bin): Named => [
      `the command ${JSON.stringify(bin)}`,
      file(manifestText(id, { bin })),
      cli,
      entry('lib/a.js'),
    ],
  ),
  ['the main file ../../evil.js', file(manifestText(id, { bin: undefined, main: '../../evil.js' })), cli],
  ['a command of a number', file(manifestText(id, { bin: 7 })), cli],
];

const cut = (tarball: Buffer, share: number): Buffer =>
  tarball.subarray(0, Math.floor(tarball.length * share));
const flipped = (tarball: Buffer, at: number): Buffer => {
  const copy = Buffer.from(tarball);
  copy.writeUInt8(copy.readUInt8(at) ^ 0xff, at);
  return copy;
};

/** Whole files that are no package, whatever lies inside. */
const wrappings = (good: readonly RawEntry[]): readonly (readonly [what: string, tarball: Buffer])[] => {
  const whole = rawTarball(good);
  const bare = rawTarball(good, { gzip: false });
  return [
    ['an empty file', Buffer.alloc(0)],
    ['one byte', Buffer.from([0x1f])],
    ['a text', Buffer.from('not a package')],
    ['a bare tar archive', bare],
    ['a zip file', Buffer.from('PK\x03\x04'.padEnd(600, '\0'), 'latin1')],
    ['an archive of nothing', rawTarball([])],
    ['gzipped zeros', gzipSync(Buffer.alloc(100_000))],
    ['gzip in gzip', gzipSync(whole)],
    ['half an archive', cut(whole, 0.5)],
    ['an archive without its last byte', whole.subarray(0, -1)],
    ['an archive without its end mark', rawTarball(good, { end: false })],
    ['a gzip file with a damaged check sum', flipped(whole, whole.length - 6)],
    ['a gzip file with a wrong length', flipped(whole, whole.length - 2)],
    ['a gzip file with an unknown method', flipped(whole, 2)],
    ['bytes before the gzip file', Buffer.concat([Buffer.from([0]), whole])],
    ['bytes behind the gzip file', Buffer.concat([whole, Buffer.from('x')])],
    ['zeros behind the gzip file', Buffer.concat([whole, Buffer.alloc(20)])],
    ['a second gzip member with another archive', Buffer.concat([whole, rawTarball([entry('b')])])],
    ['an entry behind the end mark', twoArchives(good, [entry('b')])],
    ['a whole package behind the end mark', twoArchives(good, good)],
    ['one byte behind the end mark', rawTarball(good, { trailer: Buffer.from('x') })],
    [
      'one byte far behind the end mark',
      rawTarball(good, { trailer: Buffer.from('x'.padStart(20_000, '\0')) }),
    ],
  ];
};

const codes: Readonly<Record<string, FailureCode>> = {
  'a pax size of petabytes': 'DOWNLOAD_TOO_LARGE',
  'a size of exabytes in base 256': 'DOWNLOAD_TOO_LARGE',
  'a size of 8 GiB where there is nothing': 'DOWNLOAD_TOO_LARGE',
};

/** Every tarball that must be refused, each with one thing wrong. */
export const hostilePackages = (id: Identity): readonly HostilePackage[] => {
  const good = [file(manifestText(id)), cli];
  const behind = ([what, ...more]: Named): HostilePackage => ({
    what,
    tarball: rawTarball([...good, ...more]),
    code: codes[what] ?? 'PACKAGE_UNSAFE',
  });
  return [
    ...hostileEntries.map(behind),
    ...lyingHeaders.map(behind),
    ...wrappings(good).map(([what, tarball]): HostilePackage => ({ what, tarball, code: 'PACKAGE_UNSAFE' })),
    ...brokenPackages(id).map(
      ([what, ...all]): HostilePackage => ({ what, tarball: rawTarball(all), code: 'PACKAGE_INVALID' }),
    ),
  ];
};
