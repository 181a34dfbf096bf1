import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type Compared, compareNatives } from '#src/natives/comparison.js';
import { createFitMemory, forgetful } from '#src/natives/fit-memory.js';
import { readOffer } from '#src/natives/offer-reader.js';
import { verdictOn, verdictText } from '#src/natives/verdict.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { temporaryFolder } from '../../support/folder.ts';
import { nodeFor } from '../../support/natives/abis.ts';
import {
  native,
  packageIn,
  packageOfPlatforms,
  platformPackageIn,
} from '../../support/natives/prebuilt-packages.ts';

const glibc = nodeFor('linux-x64-glibc');

const compared = (modules: string, more: Partial<Compared> = {}): Compared => ({
  fs,
  exec: '/opt/my-node',
  memory: forgetful,
  abi: glibc,
  ownPath: [modules],
  ...more,
});

/** As pnpm has it: each package in a folder of its own, with links to what it needs beside it. */
const linkedPackages = () => {
  const modules = path.join(temporaryFolder(), 'node_modules');
  const store = (name: string): string => path.join(modules, '.pnpm', `${name}@1.0.0`, 'node_modules');
  const real = packageOfPlatforms(store('pty'), 'pty', 'pty-linux-x64-gnu', 'pty-darwin-arm64');
  const platform = platformPackageIn(store('pty-linux-x64-gnu'), 'pty', 'x64');
  symlinkSync(platform, path.join(store('pty'), 'pty-linux-x64-gnu'));
  symlinkSync(real, path.join(modules, 'pty'));
  return { modules, dir: path.join(modules, 'pty'), platform };
};

test('N-05: a package behind a link has its platform packages beside its real folder, where a loader finds them', async () => {
  const { modules, dir, platform } = linkedPackages();
  const memory = createFitMemory(fs, path.join(temporaryFolder(), 'fits.json'));
  const { places } = compareNatives([native('pty')], compared(modules, { memory }));
  expect(places).toEqual([{ name: 'pty', from: 'own' }]);
  expect(readOffer(fs, dir)?.platformPackages.map(({ name, beside }) => [name, beside])).toEqual([
    ['pty-linux-x64-gnu', true],
    ['pty-darwin-arm64', false],
  ]);
  await memory.idle();
  expect(memory.recall(glibc.tag, 'pty', dir)).toBe(true);
  rmSync(platform, { recursive: true });
  expect(memory.recall(glibc.tag, 'pty', dir)).toBe(false);
});

test('N-05: a platform package is found in the packages of every folder above, and only there', () => {
  const root = temporaryFolder();
  const modules = path.join(root, 'packages', 'runtime', 'node_modules');
  packageOfPlatforms(modules, 'pty', 'pty-linux-x64-gnu');
  const beside = platformPackageIn(path.join(root, 'packages'), 'pty', 'x64');
  expect(compareNatives([native('pty')], compared(modules)).places).toEqual([]);
  rmSync(beside, { recursive: true });
  mkdirSync(path.join(root, 'node_modules'));
  platformPackageIn(path.join(root, 'node_modules'), 'pty', 'x64');
  expect(compareNatives([native('pty')], compared(modules)).places).toEqual([{ name: 'pty', from: 'own' }]);
});

test('N-07: where no compiled file was read, nothing is certain', () => {
  const modules = path.join(temporaryFolder(), 'node_modules');
  packageOfPlatforms(modules, 'pty', 'pty-linux-x64-gnu', 'pty-linux-arm64-gnu');
  expect(compareNatives([native('pty')], compared(modules)).lacking).toMatchObject([{ certain: false }]);
  platformPackageIn(modules, 'pty', 'arm64');
  expect(compareNatives([native('pty')], compared(modules)).lacking).toMatchObject([{ certain: true }]);
});

const wasm = 'pty-wasm32-wasi';

test('N-07: where a package of WebAssembly is beside, a loader may take it: nothing is certain', () => {
  const modules = path.join(temporaryFolder(), 'node_modules');
  packageOfPlatforms(modules, 'pty', 'pty-linux-arm64-gnu', wasm);
  platformPackageIn(modules, 'pty', 'arm64');
  const verdict = () => compareNatives([native('pty')], compared(modules)).lacking;
  expect(verdict()).toMatchObject([{ certain: true }]);
  packageIn(modules, wasm);
  expect(verdict()).toMatchObject([{ name: 'pty', certain: false }]);
  const offer = readOffer(fs, path.join(modules, 'pty'));
  expect(offer === null ? null : verdictText(verdictOn(offer, glibc))).toBe(
    `may fit or not: ${wasm} is there, which needs no compiled file`,
  );
  platformPackageIn(modules, 'pty', 'x64');
  packageOfPlatforms(modules, 'pty', 'pty-linux-x64-gnu', wasm);
  expect(compareNatives([native('pty')], compared(modules)).places).toEqual([{ name: 'pty', from: 'own' }]);
});

test('N-07: of an optional native nothing is certain, whatever is there: the runtime does without it', () => {
  const modules = path.join(temporaryFolder(), 'node_modules');
  packageIn(modules, 'pty', 'linux-arm64-gnu');
  const lacking = [false, true].map(
    optional => compareNatives([native('pty', { optional })], compared(modules)).lacking[0],
  );
  expect(lacking.map(lack => lack?.certain)).toEqual([true, false]);
  expect(lacking[1]?.sentence).toBe(lacking[0]?.sentence);
});
