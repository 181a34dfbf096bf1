import { type RawEntry, rawTarball } from '#src/testing/index.js';
import { entry } from './entries.ts';

const sizeAt = 124;
const modeAt = 100;
const typeAt = 156;
const magicAt = 257;
const prefixAt = 345;

/** A number in the binary form of GNU tar: bytes behind a mark, two's complement where it is negative. */
const base256 = (value: bigint, length = 12): Buffer => {
  const digits = BigInt.asUintN(8 * (length - 1), value)
    .toString(16)
    .padStart(2 * (length - 1), '0');
  return Buffer.from(`${value < 0n ? 'ff' : '80'}${digits}`, 'hex');
};

const sized = (field: string | Buffer): RawEntry =>
  entry('sized', {
    damage: header => void Buffer.from(field).copy(header.fill(0, sizeAt, sizeAt + 12), sizeAt),
  });

/** A record of a pax header; its length counts its own digits. */
const record = (key: string, value: string): string => {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  const digits = String(rest + String(rest).length).length;
  return `${rest + digits} ${key}=${value}\n`;
};

const pax = (records: string, global = false): RawEntry => ({
  path: 'PaxHeader/x',
  content: records,
  damage: header => void header.write(global ? 'g' : 'x', typeAt, 'latin1'),
});

/** Two entries of GNU tar: the long name, and the file that it is the name of. */
const gnuLong = (type: 'L' | 'K', name: string, then: RawEntry): RawEntry[] => [
  {
    path: '././@LongLink',
    content: `${name}\0`,
    damage: header => void header.write(type, typeAt, 'latin1'),
  },
  then,
];

const link: RawEntry = entry('link', { type: 'SymbolicLink', linkpath: 'cli.js', content: '' });

const formed = (magic: string): RawEntry =>
  entry('formed', {
    damage: header => {
      header.write(magic, magicAt, 'latin1');
      header.write('other', prefixAt, 'latin1');
    },
  });

/** Some readers take the prefix for a part of the path there, others do not. */
const unknownForms = ['ustar\0..', 'ustar\x001\0', 'ustar   ', 'ustaR\x0000', 'USTAR\x0000'].map(
  magic => [`a header of the form ${JSON.stringify(magic)}`, formed(magic)] as const,
);

/** Headers that lie, each behind a harmless package.json. */
export const lyingHeaders: readonly (readonly [what: string, ...entries: RawEntry[]])[] = [
  ...unknownForms,
  ['a GNU long name upwards', ...gnuLong('L', 'package/../../../evil', entry('innocent'))],
  ['an absolute GNU long name', ...gnuLong('L', '/evil', entry('innocent'))],
  ['a GNU long name with something behind a NUL', ...gnuLong('L', 'package/a\0/../../evil', entry('a'))],
  ['a GNU long name of 3,000 characters', ...gnuLong('L', `package/${'long/'.repeat(600)}a`, entry('a'))],
  ['a GNU long name of a reserved file', ...gnuLong('L', 'package/.stagedoor-tree.json', entry('innocent'))],
  ['a GNU long target of a link', ...gnuLong('K', '/etc/passwd', link)],
  ['a pax path upwards', pax(record('path', 'package/../../evil')), entry('innocent')],
  [
    'two pax paths, the last one upwards',
    pax(record('path', 'package/a') + record('path', '../evil')),
    entry('a'),
  ],
  ['a pax target of a link', pax(record('linkpath', '/etc/passwd')), link],
  ['a pax path that turns one file into another', pax(record('path', 'package/package.json')), entry('a')],
  ['a global pax path upwards', pax(record('path', '../../evil'), true), entry('a')],
  ['a global pax path for two files', pax(record('path', 'package/a'), true), entry('b'), entry('c')],
  ['a pax size that swallows the next header', pax(record('size', '600')), entry('a'), entry('b')],
  ['a pax size larger than the archive', pax(record('size', '99999999')), entry('a')],
  ['a pax size of petabytes', pax(record('size', String(2 ** 52))), entry('a')],
  ['a negative pax size', pax(record('size', '-1')), entry('a')],
  ['a global size', pax(record('size', '1'), true), entry('a')],
  ['a global target of links', pax(record('linkpath', 'x'), true), entry('a')],
  ['a pax size that is no number', pax(record('size', 'many')), entry('a', { content: 'x'.repeat(600) })],
  ['a pax header whose path has a NUL', pax(record('path', 'package/a\0b')), entry('a')],
  ['a size below 0 in base 256', sized(base256(-1n))],
  ['a size far below 0 in base 256', sized(base256(-(2n ** 60n)))],
  ['a size above all numbers in base 256', sized(base256(2n ** 80n))],
  ['a size of exabytes in base 256', sized(base256(2n ** 52n))],
  ['a size with a minus', sized('-0000000001\0')],
  ['a size that is no number', sized('zzzzzzzzzzz\0')],
  ['a size of 8 GiB where there is nothing', sized('77777777777\0')],
  [
    'a setuid bit in base 256',
    entry('a', { damage: header => void base256(0o4755n, 8).copy(header, modeAt) }),
  ],
  ['.. in the prefix of a name', entry('a', { damage: header => void header.write('../..', prefixAt) })],
  [
    'a name that is no UTF-8',
    entry('a', { damage: header => void header.write('package/\xff', 0, 'latin1') }),
  ],
  [
    'a name in overlong UTF-8',
    entry('a', { damage: header => void header.write('package/\xc0\xae\xc0\xae/a', 0, 'latin1') }),
  ],
  ['a file without a name', { path: '', content: 'x' }],
  ['the top folder as a file', { path: 'package', content: 'x' }],
  ['a file whose name is a slash', { path: '/', content: 'x' }],
  ['a file named as a folder is', entry('a/', { content: 'x' })],
  ['a folder with content', entry('a/', { type: 'Directory', content: 'x'.repeat(600) })],
  ['ẞ and ß', entry('\u1e9e.js', { pax: true }), entry('\u00df.js', { pax: true })],
  ['long s and s', entry('\u017f.js', { pax: true }), entry('s.js')],
  ['the Kelvin sign and k', entry('\u212a.js', { pax: true }), entry('k.js')],
  ['the Ångström sign and å', entry('\u212b.js', { pax: true }), entry('\u00e5.js', { pax: true })],
  [
    'two spellings of a dotted capital I',
    entry('\u0130.js', { pax: true }),
    entry('I\u0307.js', { pax: true }),
  ],
  ['final and other sigma', entry('\u03c3.js', { pax: true }), entry('\u03c2.js', { pax: true })],
  ['full-width and plain letters', entry('\uff41.js', { pax: true }), entry('a.js')],
  [
    'a folder and a file in other compositions',
    entry('caf\u00e9/a', { pax: true }),
    entry('cafe\u0301', { pax: true }),
  ],
];

/** The two ends that a whole archive has in common with another one: where one reader stops, the other goes on. */
export const twoArchives = (first: readonly RawEntry[], second: readonly RawEntry[]): Buffer =>
  rawTarball(first, { trailer: rawTarball(second, { gzip: false }) });
