import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FuseV1Options } from '@electron/fuses';
import { describe, expect, test } from 'vitest';
import { checkFuses } from '#src/electron/fuse-check.js';
import { fuseNames } from '#src/electron/fuse-demands.js';
import { readFuses, readRunAsNode } from '#src/electron/fuses.js';
import { factoryStates, flip, programWith, sentinel, soundStates } from '../../support/builders/fuse-wire.ts';
import { temporaryFolder } from '../../support/folder.ts';

const file = (bytes: Buffer | string): string => {
  const place = path.join(temporaryFolder(), 'electron');
  writeFileSync(place, bytes);
  return place;
};

describe('readRunAsNode', () => {
  test('says on and off as the wire does', async () => {
    expect(await readRunAsNode(file(programWith({ states: '100000000' })))).toBe('on');
    expect(await readRunAsNode(file(programWith({ states: '011111111' })))).toBe('off');
  });

  test('finds a wire that lies across the parts in which a large file is read', async () => {
    const part = 4 * 1024 * 1024;
    const large = Buffer.concat([Buffer.alloc(part - 10), programWith({ states: '0' }).subarray(3000)]);
    expect(await readRunAsNode(file(large))).toBe('off');
  });

  test('reads on macOS what the framework beside the program says', async () => {
    const folder = temporaryFolder();
    const contents = path.join(folder, 'My App.app', 'Contents');
    const framework = path.join(contents, 'Frameworks', 'Electron Framework.framework');
    mkdirSync(framework, { recursive: true });
    mkdirSync(path.join(contents, 'MacOS'));
    writeFileSync(path.join(framework, 'Electron Framework'), programWith({ states: '0' }));
    writeFileSync(path.join(contents, 'MacOS', 'My App'), programWith({ states: '1' }));
    expect(await readRunAsNode(path.join(contents, 'MacOS', 'My App'))).toBe('off');
    expect(await readRunAsNode(path.join(folder, 'My App.app'))).toBe('off');
  });

  test.each([
    ['no wire at all', () => file('#!/bin/sh\n')],
    ['an empty file', () => file('')],
    ['nothing after the sentinel', () => file(sentinel)],
    ['a wire that is cut off after its version', () => file(Buffer.from(`${sentinel}\x01`, 'latin1'))],
    ['a wire that is cut off before its states', () => file(Buffer.from(`${sentinel}\x01\x09`, 'latin1'))],
    ['a wire without fuses', () => file(programWith({ states: '', length: 0 }))],
    ['a wire of another version', () => file(programWith({ states: '111111111', version: 2 }))],
    ['a fuse that has been removed', () => file(programWith({ states: 'r11111111' }))],
    ['a state that nobody knows', () => file(programWith({ states: '?11111111' }))],
    ['a file that is not there', () => path.join(temporaryFolder(), 'missing')],
    ['a folder', () => temporaryFolder()],
    ['no path at all', () => ''],
    ['a path with a zero byte', () => 'a\0b'],
  ])('is unknown, and never an error, for %s', async (_, place) => {
    expect(await readRunAsNode(place())).toBe('unknown');
  });
});

describe('readFuses', () => {
  test('names the fuses as the library numbers them', () => {
    const numbered = fuseNames.map(
      name => FuseV1Options[`${name[0]?.toUpperCase()}${name.slice(1)}` as 'RunAsNode'],
    );
    expect(numbered).toEqual(fuseNames.map((_, index) => index));
    expect(Object.values(FuseV1Options).filter(Number.isInteger)).toHaveLength(fuseNames.length);
  });

  test('a fuse that an older Electron does not have is unknown, the others are not', async () => {
    const { states, unreadable } = await readFuses(file(programWith({ states: '10110001' })));
    expect(states).toMatchObject({ grantFileProtocolExtraPrivileges: 'on', wasmTrapHandlers: 'unknown' });
    expect(unreadable).toBeNull();
  });

  test('both wires of a universal program are flipped by the library, and the first is read', async () => {
    const universal = file(programWith({ states: factoryStates }, { states: factoryStates }));
    expect(await flip(universal, { [FuseV1Options.RunAsNode]: false })).toBe(2);
    expect((await readFuses(universal)).states.runAsNode).toBe('off');
  });
});

describe('checkFuses', () => {
  test('finds nothing where all is well', async () => {
    expect(await checkFuses(file(programWith({ states: soundStates })))).toEqual([]);
  });

  test('refuses what gives others the rights of the shell, and reports the rest, as Electron is shipped', async () => {
    const found = await checkFuses(file(programWith({ states: factoryStates })));
    expect(found.filter(({ verdict }) => verdict === 'refused')).toMatchObject([
      { fuse: 'enableNodeOptionsEnvironmentVariable', wanted: 'off', found: 'on' },
      { fuse: 'enableNodeCliInspectArguments', wanted: 'off', found: 'on' },
    ]);
    expect(found.filter(({ verdict }) => verdict === 'reported')).toMatchObject([
      { fuse: 'enableEmbeddedAsarIntegrityValidation', wanted: 'on', found: 'off' },
      { fuse: 'onlyLoadAppFromAsar', wanted: 'on', found: 'off' },
      { fuse: 'grantFileProtocolExtraPrivileges', wanted: 'off', found: 'on' },
    ]);
  });

  test('says nothing about runAsNode: a child that runs as Node and a utility process are both fine', async () => {
    for (const runAsNode of ['0', '1']) {
      const executable = file(programWith({ states: `${runAsNode}${soundStates.slice(1)}` }));
      expect(await checkFuses(executable)).toEqual([]);
    }
  });

  test('refuses whatever state the app itself does not want', async () => {
    const executable = file(programWith({ states: soundStates }));
    const found = await checkFuses(executable, { runAsNode: false, enableNodeCliInspectArguments: true });
    expect(found).toMatchObject([
      { fuse: 'runAsNode', wanted: 'off', found: 'on', verdict: 'refused' },
      { fuse: 'enableNodeCliInspectArguments', wanted: 'on', found: 'off', verdict: 'refused' },
    ]);
  });

  test('asks for nothing where the app says so', async () => {
    expect(await checkFuses(file(programWith({ states: factoryStates })), false)).toEqual([]);
  });

  test('absent proof is failed proof: what can not be read is refused, with the reason', async () => {
    const [first] = await checkFuses(path.join(temporaryFolder(), 'missing'));
    expect(first).toMatchObject({ found: 'unknown', verdict: 'refused' });
    expect(first?.reason).toContain('ENOENT');
  });
});
