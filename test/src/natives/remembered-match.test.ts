import { cpSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { NativesOutcome } from '#machines/contract.js';
import { createFitMemory } from '#src/natives/fit-memory.js';
import { createMatching } from '#src/natives/matching.js';
import { ownAbi } from '#src/natives/own-abi.js';
import { type FileSystem, nodeFileSystem as fs } from '#src/store/file-system.js';
import { temporaryFolder } from '../../support/folder.ts';
import { crossPackage } from '../../support/natives/cross-files.ts';

const candidate = { role: 'bundled', version: '1.0.0', tree: null, firstStart: false } as const;
const never = new AbortController().signal;

let root: string;
const at = (...names: readonly string[]) => path.join(root, ...names);
const copyTo = (place: string) => cpSync(crossPackage, place, { recursive: true });

/** A match, and whether it had to ask what the executable is: what is remembered asks nobody. */
const match = async (
  through: FileSystem = fs,
  app = 'app',
): Promise<{ outcome: NativesOutcome; asked: number }> => {
  const memory = createFitMemory(through, at('fits.json'));
  let asked = 0;
  const probe = async () => {
    asked += 1;
    return ownAbi();
  };
  const native = { name: 'native', dir: at('bundle/node_modules/native'), module: 'native' };
  const natives = [{ ...native, pins: [], build: false, optional: false }];
  const start = { from: at(app, 'lib'), top: null };
  const ownPath = () => [at(app, 'lib/node_modules'), at(app, 'node_modules')];
  const setup = { fs: through, exec: process.execPath, natives, mode: 'auto', ownPath } as const;
  const matching = createMatching({ ...setup, nodeStart: () => start }, { memory, probe });
  const outcome = await matching({ candidate }, never);
  await memory.idle();
  return { outcome, asked };
};

const matched = (from: 'own' | 'bundle', asked: number) => ({
  outcome: {
    kind: 'matched',
    tag: ownAbi().tag,
    places: [{ name: 'native', from }],
    tree: null,
    failure: null,
    fault: null,
  },
  asked,
});

beforeEach(() => {
  root = temporaryFolder('remembered');
  mkdirSync(at('app/lib'), { recursive: true });
  copyTo(at('app/node_modules/native'));
});

test('N-02: what an earlier launch has found is known without asking anybody', async () => {
  expect(await match()).toEqual(matched('own', 1));
  expect(await match()).toEqual(matched('own', 0));
});

test('N-05: so is the copy of the bundle, where the runtime has none itself', async () => {
  renameSync(at('app/node_modules'), at('elsewhere'));
  copyTo(at('bundle/node_modules/native'));
  expect(await match()).toEqual(matched('bundle', 1));
  expect(await match()).toEqual(matched('bundle', 0));
});

const own = () => at('app/node_modules/native');
/** What fits here, as it was remembered. */
const file = () =>
  path.join(own(), String(Object(JSON.parse(fs.readFileSync(at('fits.json'), 'utf8'))).fits[0].file));

const moveAway = (then: () => void) => () => {
  renameSync(own(), at('former'));
  then();
};

test.each<readonly [string, () => void]>([
  ['a nearer copy has come', () => copyTo(at('app/lib/node_modules/native'))],
  ['the copy is another one', moveAway(() => copyTo(own()))],
  ['its file was written anew', () => writeFileSync(file(), fs.readFileSync(file()))],
  ['its file has another time', () => utimesSync(file(), 1, 1)],
  ['something came to lie in its folder', () => writeFileSync(at('app/node_modules/native/new.node'), '')],
  ['its folder is a link to the same files elsewhere', moveAway(() => symlinkSync(at('former'), own()))],
])('N-07: nothing is believed any more once %s', async (_, change) => {
  await match();
  expect((await match()).asked).toBe(0);
  change();
  expect((await match()).asked).toBe(1);
});

test('N-07: nor once the executable has changed, or is not our own', async () => {
  await match();
  const statSync = (place: string, options: object) => {
    const stats = fs.statSync(place, { ...options, throwIfNoEntry: false });
    return stats !== undefined && place === process.execPath ? Object.assign(stats, { ino: 1 }) : stats;
  };
  expect((await match({ ...fs, statSync } as FileSystem)).asked).toBe(1);
});

test('N-07: nor once it all lies at another place, whatever its files say', async () => {
  await match();
  renameSync(at('app'), at('moved'));
  expect((await match(fs, 'moved')).asked).toBe(1);
});

test('P-16: no place is in what is remembered', async () => {
  await match();
  expect(fs.readFileSync(at('fits.json'), 'utf8')).not.toContain(root);
});

test('N-07: a memory that somebody has filled is hostile: what is not of its form is looked at', async () => {
  await match();
  const text = fs.readFileSync(at('fits.json'), 'utf8');
  for (const changed of [
    text.replace('"tag":"', '"tag":"../'),
    text.replace('"exec":"', '"exec":1,"x":"'),
    '[',
  ]) {
    writeFileSync(at('fits.json'), changed);
    expect((await match()).outcome).toEqual(matched('own', 0).outcome);
  }
  rmSync(at('fits.json'));
});
