import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAnswer, withoutPlace } from '#src/natives/answer.js';
import { pathClaims, targetClaims } from '#src/natives/claims.js';
import { readImage } from '#src/natives/image/image.js';
import { readOffer } from '#src/natives/offer-reader.js';
import type { RuntimeKind } from '#src/natives/question.js';
import { runtimeKind } from '#src/natives/runtime-kind.js';
import { verdictOn } from '#src/natives/verdict.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { temporaryFolder } from '../../support/folder.ts';
import { everyNode } from '../../support/natives/abis.ts';
import { crossFile } from '../../support/natives/cross-files.ts';
import { electronAnswer, pythonAnswer } from '../../support/natives/fake-runtime.ts';
import { ran, seed, share } from '../../support/proof/run.ts';

const tag = /^[a-z0-9]+(?:[-_.][a-z0-9]+)*$/i;

describe('N-01: answers', () => {
  test('N-01: whatever an answer holds, a tag is fit for a folder and null is the only other result', context => {
    const runs = share(300, 50_000);
    const field = fc.constantFrom(
      ...new Set([...Object.keys(electronAnswer), ...Object.keys(pythonAnswer), '__proto__']),
    );
    const change = fc.dictionary(field, fc.oneof(fc.anything(), fc.string({ unit: 'binary' })), {
      maxKeys: 3,
    });
    const kind = fc.constantFrom('node' as const, 'python' as const);
    const examples: [RuntimeKind, Record<string, unknown>, null][] = [
      ['node', { arch: 'x_' }, null],
      ['node', { platform: 'win__32' }, null],
      ['python', { machine: 'A_' }, null],
      ['python', { machine: 'a--b' }, null],
      ['python', { suffixes: ['.cp313t-.pyd', '.pyd'] }, null],
    ];
    let tags = 0;
    fc.assert(
      fc.property(kind, change, fc.option(fc.string()), (asked, changes, text) => {
        const usual = asked === 'node' ? electronAnswer : pythonAnswer;
        const answer = readAnswer(
          asked,
          text ??
            JSON.stringify({ ...usual, ...changes }, (_, value) => (typeof value === 'bigint' ? 1 : value)),
        );
        if (answer === null) return;
        tags += 1;
        expect(answer.abi.tag).toMatch(tag);
        expect(answer.abi.tag.length).toBeLessThan(160);
      }),
      { numRuns: runs, seed, examples },
    );
    expect(tags).toBeGreaterThan(0);
    ran(context, runs, 'answers');
  });

  test('N-01: an answer that is too long is none, and what is kept has no path', () => {
    const text = JSON.stringify({ ...electronAnswer, executable: '/opt/app/app', more: '' });
    expect(readAnswer('node', text)).toMatchObject({ executable: '/opt/app/app' });
    expect(readAnswer('node', `${text}${' '.repeat(9000)}`)).toBeNull();
    expect(withoutPlace(text)).not.toContain('/opt');
    expect(readAnswer('node', withoutPlace(text))).toMatchObject({ executable: null });
  });
});

const systems = ['linux-x64-gnu', 'linux-ia32-gnu', 'darwin-universal', 'win32-x64-msvc'];

describe('P-10: damaged files', () => {
  test('P-10: a look into a damaged file ends, and ends well', context => {
    const runs = share(300, 6000);
    const file = path.join(temporaryFolder(), 'damaged.node');
    const originals = systems.map(system => readFileSync(crossFile(system)));
    const edit = fc.record({ at: fc.oneof(fc.nat(1024), fc.nat(2 ** 20)), byte: fc.nat(255) });
    const kinds = new Set<string>();
    fc.assert(
      fc.property(
        fc.nat(systems.length - 1),
        fc.array(edit, { maxLength: 24 }),
        fc.option(fc.nat(2 ** 20)),
        (which, edits, cut) => {
          const bytes = Buffer.from(originals[which] ?? '');
          for (const { at, byte } of edits) bytes[at % bytes.length] = byte;
          writeFileSync(file, cut === null ? bytes : bytes.subarray(0, cut % bytes.length));
          const begun = performance.now();
          const look = readImage(fs, file);
          kinds.add(look.kind === 'image' && !look.image.whole ? 'cut' : look.kind);
          expect(performance.now() - begun).toBeLessThan(2000);
        },
      ),
      { numRuns: runs, seed },
    );
    expect(kinds).toEqual(new Set(['broken', 'cut', 'image']));
    ran(context, runs, 'damaged files');
  });

  test.each([
    ['a table of segments without end', [56, 0xff], [57, 0xff]],
    ['segments far outside', [32, 0xff], [39, 0x7f]],
    ['a table that is not a number', [32, 0xff], [39, 0xff]],
  ])('P-10: %s is broken', (_, ...edits) => {
    const bytes = readFileSync(crossFile('linux-x64-gnu'));
    for (const [at, byte] of edits) bytes[at ?? 0] = byte ?? 0;
    const file = path.join(temporaryFolder(), 'x.node');
    writeFileSync(file, bytes);
    expect(readImage(fs, file)).toEqual({ kind: 'broken' });
  });

  const elf = (machine: number): Buffer => {
    const bytes = readFileSync(crossFile('linux-x64-gnu'));
    bytes.writeUInt16LE(machine, 18);
    return bytes;
  };
  test.each([
    ['nothing', Buffer.alloc(0)],
    ['an ELF that ends early', elf(62).subarray(0, 12)],
    ['a PE whose header lies beyond its end', readFileSync(crossFile('win32-x64-msvc')).subarray(0, 90)],
    ['a PE that is none', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)])],
    ['a universal file that claims more than it has', Buffer.from('cafebabe00000002', 'hex')],
    ['a class of Java', Buffer.from('cafebabe00000041', 'hex')],
  ])('P-10: %s is broken', (_, bytes) => {
    const file = path.join(temporaryFolder(), 'x.node');
    writeFileSync(file, bytes);
    expect(readImage(fs, file)).toEqual({ kind: 'broken' });
  });

  test('P-34: a file for a machine that Node does not name fits nothing', () => {
    const dir = temporaryFolder();
    writeFileSync(path.join(dir, 'package.json'), '{"name":"native"}');
    writeFileSync(path.join(dir, 'x.node'), elf(9));
    const offer = readOffer(fs, dir);
    const kinds = everyNode.map(abi => (offer === null ? null : verdictOn(offer, abi).kind));
    expect(new Set(kinds)).toEqual(new Set(['does-not-fit']));
  });

  test('P-10: a folder, a missing file and a FIFO in the place of a file are not waited for', () => {
    const folder = temporaryFolder();
    expect(readImage(fs, folder)).toEqual({ kind: 'unread' });
    expect(readImage(fs, path.join(folder, 'none'))).toEqual({ kind: 'unread' });
    execFileSync('mkfifo', [path.join(folder, 'fifo')]);
    expect(readImage(fs, path.join(folder, 'fifo'))).toEqual({ kind: 'unread' });
  });
});

describe('P-34: hostile packages', () => {
  test('P-34: names of any kind are read in no time', context => {
    const runs = share(2000, 20_000);
    const part = fc.oneof(
      fc.constantFrom(
        'prebuilds',
        'linux-x64',
        'node.napi',
        'node-v115-',
        'build',
        'bin',
        '-',
        '.',
        '+',
        'gnu',
      ),
      fc.string({ maxLength: 40 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), fc.constantFrom('/', '', '.', '-'), (parts, between) => {
        const begun = performance.now();
        pathClaims(`${parts.join(between)}.node`);
        targetClaims(parts.join(between));
        expect(performance.now() - begun).toBeLessThan(500);
      }),
      { numRuns: runs, seed },
    );
    ran(context, runs, 'names');
  });

  test.each([
    'null',
    '{',
    '{"optionalDependencies": 7, "dependencies": []}',
    '{"name": 7, "optionalDependencies": {"../../../etc-linux-x64": "1", "a/b/c-linux-x64": "1", "x-linux-x64": null}}',
    '{"__proto__": {"dependencies": {"bindings": "1"}}}',
  ])('P-34: a manifest that says %s does no harm', text => {
    const dir = path.join(temporaryFolder(), 'node_modules', 'native');
    mkdirSync(dir, { recursive: true });
    writeFileSync(path.join(dir, 'package.json'), text);
    const offer = readOffer(fs, dir);
    for (const abi of everyNode) if (offer !== null) expect(verdictOn(offer, abi).kind).not.toMatch(/^fits/);
  });

  test('P-22: a folder without end is looked at up to a limit, and said not to be complete', () => {
    const dir = temporaryFolder();
    writeFileSync(path.join(dir, 'package.json'), '{"name":"native"}');
    mkdirSync(path.join(dir, ...Array.from({ length: 40 }, () => 'deep')), { recursive: true });
    expect(readOffer(fs, dir)).toMatchObject({ complete: false, files: [] });
  });
});

describe('N-02: what is started', () => {
  const mark = '_ZN4node5StartEiPPc';
  const fuse = (state: string): string => `dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX\u0001\u0009${state}`;
  const program = (content: string): string => `\u007fELF${'\0'.repeat(60)}${content}`;
  /** Across the end of a read of some megabytes, which is 64 bytes of head further on. */
  const behind = (content: string): string =>
    program(`${'\0'.repeat(4 * 2 ** 20 + 256 - 64 - 10)}${content}`);

  test.each([
    ['a program that may be anything', 'bash', program('bash'), null],
    ['a program with a Node in it', 'my-app', program(mark), 'node'],
    ['a program with a Node far behind', 'my-app', behind(mark), 'node'],
    [
      'an app made of one Node',
      'my-app',
      program(`${mark}NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:1`),
      null,
    ],
    [
      'a Node that could become one',
      'my-app',
      program(`${mark}NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:0`),
      'node',
    ],
    ['an Electron', 'my-app', program(fuse('1')), 'node'],
    ['an Electron that does not run as Node', 'my-app', program(fuse('0')), null],
    ['the same under the name electron', 'electron', behind(fuse('0')), null],
    ['a script that starts an Electron', 'electron', '#!/usr/bin/env node', 'node'],
    ['a Python', 'python3.12', program(''), 'python'],
    ['a free-threaded Python', 'python3.13t', program(''), 'python'],
    ['a Python on Windows', 'PythonW.exe', 'MZ\0\0', 'python'],
    ['a Node by name', 'node22', program(''), 'node'],
    ['a tool of Python', 'python3-config', '#!/bin/sh', null],
    ['a tool of Node', 'node-gyp', '#!/usr/bin/env node', null],
    ['a shim', 'node', '#!/bin/sh', 'node'],
    ['a text', 'node', 'not a program', null],
    ['nothing', 'python3', '', null],
  ])('N-02: %s, called %s', async (_, name, content, kind) => {
    const called = path.join(temporaryFolder(), name);
    writeFileSync(called, content, 'latin1');
    expect(await runtimeKind({ called, real: called })).toBe(kind);
  });

  test('N-02: the name of the real file counts, too, and that of an Electron is not enough', async () => {
    const real = (name: string, content: string): string => {
      const file = path.join(temporaryFolder(), name);
      writeFileSync(file, content, 'latin1');
      return file;
    };
    expect(await runtimeKind({ called: '/opt/tool', real: real('python3.11', program('')) })).toBe('python');
    expect(await runtimeKind({ called: '/opt/app', real: real('electron', behind(fuse('0'))) })).toBeNull();
  });
});
