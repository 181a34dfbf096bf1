import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RawEntry } from '#src/testing/index.js';

/** A file that must never come to be. */
export const evil = path.join(tmpdir(), 'stagedoor-evil');

/** A file of a package. */
export const entry = (name: string, more: Partial<RawEntry> = {}): RawEntry => ({
  path: `package/${name}`,
  content: 'x',
  ...more,
});
const link = (type: RawEntry['type'], linkpath: string): RawEntry =>
  entry('link', { type, linkpath, content: '' });
const special = (type: RawEntry['type']): RawEntry =>
  entry('special', { type, content: '', devmaj: 1, devmin: 3 });

const misspelt = (header: Buffer): 'keep-checksum' => {
  header.write('other', 0);
  return 'keep-checksum';
};

/** Entries that are refused behind a harmless package.json, each for a reason of its own. */
export const hostileEntries: readonly (readonly [string, ...RawEntry[]])[] = [
  ['an absolute path', { path: '/etc/passwd', content: 'x' }],
  ['an absolute path in a pax header', { path: evil, content: 'x', pax: true }],
  ['.. at the start', { path: '../evil', content: 'x' }],
  ['.. below the package', entry('../evil')],
  ['.. far below the package', entry('a/b/../../../../evil')],
  ['.. at the end', entry('a/..')],
  ['.. in a pax header', entry('../../evil', { pax: true })],
  ['.. in the name of a folder', entry('../evil/', { type: 'Directory', content: '' })],
  ['a . segment', entry('./a')],
  ['a . at the start', { path: './package/a', content: 'x' }],
  ['an empty segment', entry('a//b')],
  ['an empty first segment', { path: '//package/a', content: 'x' }],
  ['a backslash', entry('a\\b')],
  ['a backslash path upwards', entry('..\\..\\evil')],
  ['a drive', { path: 'C:/evil', content: 'x' }],
  ['a drive below the package', entry('C:evil')],
  ['a UNC path', { path: '\\\\host\\share\\evil', content: 'x' }],
  ['an NTFS stream', entry('a.txt:stream')],
  ['an NTFS attribute', entry('a::$DATA')],
  ['a NUL in a pax header', entry('a\0b', { pax: true })],
  ['a newline', entry('a\nb')],
  ['a tab', entry('a\tb')],
  ['an escape sequence', entry('a\u001b[31mb')],
  ['a DEL', entry('a\u007fb')],
  ['a C1 control', entry('a\u0085b', { pax: true })],
  ['a right-to-left override', entry('a\u202egnp.js', { pax: true })],
  ['a zero-width space', entry('a\u200b.js', { pax: true })],
  ['a byte order mark', entry('\ufeffa.js', { pax: true })],
  ['a lone surrogate', entry('a\ud800b', { pax: true })],
  ['a wildcard', entry('a*b')],
  ['a question mark', entry('a?b')],
  ['a quote', entry('a"b')],
  ['a pipe', entry('a|b')],
  ['an angle bracket', entry('a<b')],
  ['CON', entry('CON')],
  ['con.js', entry('con.js')],
  ['a folder aux', entry('aux/a.js')],
  ['nul with two extensions', entry('nul.tar.gz')],
  ['prn in upper and lower case', entry('PrN.txt')],
  ['COM1', entry('com1')],
  ['LPT9', entry('LPT9.log')],
  ['COM with a superscript digit', entry('com¹', { pax: true })],
  ['CONIN$', entry('CONIN$')],
  ['a trailing dot', entry('a.')],
  ['a trailing space', entry('a ')],
  ['a folder with a trailing dot', entry('a./b')],
  ['three dots', entry('.../b')],
  ['a short name', entry('NODE_M~1/x.js')],
  ['a short name with an extension', entry('PACKAG~1.JSO')],
  ['a file twice', entry('a'), entry('a')],
  ['package.json twice', entry('package.json')],
  ['two spellings of a file', entry('Case.js'), entry('case.js')],
  ['two spellings of a folder', entry('Lib/a.js'), entry('lib/b.js')],
  ['two compositions of é', entry('caf\u00e9', { pax: true }), entry('cafe\u0301', { pax: true })],
  ['a ligature and its letters', entry('\ufb01le', { pax: true }), entry('file')],
  ['ß and ss', entry('stra\u00dfe', { pax: true }), entry('STRASSE')],
  ['a dotless i', entry('\u0131.js', { pax: true }), entry('i.js')],
  ['a file where a folder is', entry('a/b'), entry('a')],
  ['a folder where a file is', entry('a'), entry('a/b')],
  ['a folder where another spelling of a file is', entry('a'), entry('A/b')],
  ['a second top folder', { path: 'other/a', content: 'x' }],
  ['a file beside the top folder', { path: 'README.md', content: 'x' }],
  ['the top folder in another case', { path: 'Package/a', content: 'x' }],
  ['a symbolic link', link('SymbolicLink', 'package.json')],
  ['a symbolic link upwards', link('SymbolicLink', '../../../etc/passwd')],
  [
    'a symbolic link to a folder that is written through',
    link('SymbolicLink', tmpdir()),
    entry(`link/${path.basename(evil)}`),
  ],
  ['a hard link', link('Link', 'package/package.json')],
  ['a hard link outside', link('Link', '/etc/passwd')],
  ['a character device', special('CharacterDevice')],
  ['a block device', special('BlockDevice')],
  ['a FIFO', special('FIFO')],
  ['a contiguous file', entry('a', { type: 'ContiguousFile' })],
  ['a GNU dump folder', entry('a', { type: 'GNUDumpDir' })],
  ['a sparse file', entry('a', { type: 'SparseFile' })],
  ['an unknown type', entry('a', { damage: header => void header.write('Z', 156, 'latin1') })],
  ['setuid', entry('a', { mode: 0o4755 })],
  ['setgid', entry('a', { mode: 0o2755 })],
  ['sticky', entry('a', { mode: 0o1644 })],
  ['a setgid folder', entry('a/', { type: 'Directory', content: '', mode: 0o2755 })],
  ['a path that is too long', entry(`${'a/'.repeat(60)}b`)],
  ['a name that is too long', entry('a'.repeat(121), { pax: true })],
  ['a name of ours', entry('.stagedoor-tree.json')],
  ['a name of ours in capitals', entry('.STAGEDOOR-tree.json')],
  ['a folder of ours', entry('.stagedoor-x/a')],
  ['the place of a native dependency', entry('node_modules/node-pty/index.js')],
  ['the place of a native dependency in capitals', entry('Node_Modules/Node-PTY/index.js')],
  ['a file in the place of a native dependency', entry('node_modules/node-pty')],
  ['a header that does not add up', entry('a', { damage: misspelt })],
  ['a size that is larger than the archive', entry('a', { size: 1_000_000 })],
  ['a size that swallows the next header', entry('a', { size: 600 }), entry('b')],
];
