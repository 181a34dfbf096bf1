import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { nativesSetup } from '#src/launching/natives.js';
import { launchSetup } from '#src/launching/setup.js';
import { compareNatives } from '#src/natives/comparison.js';
import { forgetful } from '#src/natives/fit-memory.js';
import { storeLayout } from '#src/store/layout.js';
import { temporaryFolder } from '../../support/folder.ts';
import { nodeFor } from '../../support/natives/abis.ts';
import { packageIn } from '../../support/natives/prebuilt-packages.ts';

const abi = nodeFor('linux-x64-glibc');
const fitting = 'linux-x64-gnu';
const foreign = 'linux-arm64-gnu';

const runtimeIn = (dir: string, version: string): string => {
  mkdirSync(path.join(dir, 'lib'), { recursive: true });
  writeFileSync(
    path.join(dir, 'package.json'),
    JSON.stringify({ name: 'runtime', version, main: 'lib/main.js' }),
  );
  writeFileSync(path.join(dir, 'lib', 'main.js'), '');
  return dir;
};

/** A workspace: the bundled runtime in a folder of its own, its packages in that of the whole. */
const newWorld = () => {
  const root = temporaryFolder();
  const bundled = runtimeIn(path.join(root, 'packages', 'runtime'), '1.0.0');
  const store = path.join(root, 'store');
  return { root, bundled, store, modules: path.join(root, 'node_modules') };
};

const lookedAt = ({ bundled, store }: ReturnType<typeof newWorld>, version: string) => {
  const setup = launchSetup({ package: 'runtime', bundled, store, natives: [{ name: 'pty' }] });
  const { ownPath, fs, natives } = nativesSetup(setup);
  const about = { fs, abi, exec: setup.exec, memory: forgetful };
  return compareNatives(natives, {
    ...about,
    ownPath: ownPath({ role: 'override', version, tree: null, firstStart: false }, abi),
  });
};

test('N-05: a native that is hoisted above the bundled runtime is its own, also through a link', () => {
  const world = newWorld();
  packageIn(world.modules, 'pty', fitting);
  expect(lookedAt(world, '1.0.0').places).toEqual([{ name: 'pty', from: 'own' }]);
  const link = path.join(temporaryFolder(), 'runtime');
  symlinkSync(world.bundled, link);
  expect(lookedAt({ ...world, bundled: link }, '1.0.0').places).toEqual([{ name: 'pty', from: 'own' }]);
});

test('N-05: of several copies the nearest one counts, as for the loader: beside the entry before all others', () => {
  const world = newWorld();
  packageIn(world.modules, 'pty', fitting);
  packageIn(path.join(world.bundled, 'node_modules'), 'pty', foreign);
  expect(lookedAt(world, '1.0.0').lacking).toMatchObject([{ name: 'pty', certain: true }]);
  packageIn(path.join(world.bundled, 'lib', 'node_modules'), 'pty', fitting);
  expect(lookedAt(world, '1.0.0').places).toEqual([{ name: 'pty', from: 'own' }]);
});

test('N-05: a staged version has its own and nothing from above the store', () => {
  const world = newWorld();
  const dir = runtimeIn(storeLayout(world.store).version('1.1.0'), '1.1.0');
  packageIn(world.modules, 'pty', fitting);
  expect(lookedAt(world, '1.1.0').places).toEqual([]);
  packageIn(path.join(dir, 'node_modules'), 'pty', fitting);
  expect(lookedAt(world, '1.1.0').places).toEqual([{ name: 'pty', from: 'own' }]);
});
