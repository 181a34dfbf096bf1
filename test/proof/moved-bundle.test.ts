import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { stagedVersions } from '#src/store/retention.js';
import {
  type AppWorld,
  answer,
  bundle,
  fs,
  newShell,
  newWorld,
  nextAddress,
  packed,
} from '../support/app-world.ts';
import { registryForTest } from '../support/loopback.ts';
import { ran } from '../support/proof/run.ts';

const native = {
  'node_modules/native/package.json': '{"name":"native"}',
  'node_modules/native/build/addon.node': 'machine code',
};

/** Every file of the store that holds a text anywhere in its bytes or its name; links count by where they lead. */
const mentioning = (store: string, text: string): string[] =>
  readdirSync(store, { recursive: true, encoding: 'utf8' }).filter(name => {
    const place = path.join(store, name);
    const stats = lstatSync(place);
    if (stats.isSymbolicLink() || name.includes(text)) return true;
    return stats.isFile() && readFileSync(place).includes(text);
  });

/** The bundle is left behind at another place, as an image that is mounted anew with each start. */
const moved = (world: AppWorld, to: string): string => {
  const place = path.join(world.dir, to);
  mkdirSync(path.dirname(place), { recursive: true });
  renameSync(world.bundled, place);
  return place;
};

const bundledWithNatives = (): AppWorld => {
  const world = newWorld({ files: native });
  symlinkSync('build', path.join(world.bundled, 'node_modules/native/linked'));
  return { ...world, options: { ...world.options, natives: [{ name: 'native' }] } };
};

test('P-16: what was staged from a bundle runs after it has moved, and no file of the store names either place', async ({
  task,
}) => {
  const world = bundledWithNatives();
  const registry = await registryForTest();
  registry.publish(packed('1.1.0'));
  const first = newShell(world, { registry: registry.url });
  expect(await first.start()).toMatchObject({ version: '1.0.0' });
  expect(await first.update()).toMatchObject({ outcome: 'staged', version: '1.1.0' });
  expect(await first.restart({ when: 'now' })).toMatchObject({ version: '1.1.0' });
  await first.stop();
  const elsewhere = moved(world, 'mounts/second-image/bundle');
  const second = newShell(world, { bundled: elsewhere, registry: registry.url });
  const address = nextAddress(second);
  expect(await second.start()).toMatchObject({ version: '1.1.0', role: 'override' });
  expect(await answer(await address)).toMatchObject({ version: '1.1.0' });
  registry.publish(packed('1.2.0'));
  expect(await second.update()).toMatchObject({ outcome: 'staged', version: '1.2.0' });
  await second.stop();
  const files = readdirSync(world.layout.root, { recursive: true });
  expect(stagedVersions(fs, world.layout)).toContain('1.2.0');
  expect(mentioning(world.layout.root, world.bundled)).toEqual([]);
  expect(mentioning(world.layout.root, elsewhere)).toEqual([]);
  ran({ task }, files.length, 'files searched');
});

test('P-16: a bundled runtime that dies with its own place in its last words leaves no place in the store', async () => {
  const world = newWorld();
  bundle(world.bundled, '1.0.0', {
    files: {
      'cli.js': 'throw new Error(["nothing at", import.meta.dirname, "and at", import.meta.url].join(" "));',
    },
  });
  const stagedoor = newShell(world);
  expect(await stagedoor.start()).toMatchObject({ outcome: 'exhausted' });
  await stagedoor.stop();
  expect(mentioning(world.layout.root, world.bundled)).toEqual([]);
});

test('P-16: a bundle without its entry is named by its last folder only', async () => {
  const world = newWorld();
  const stagedoor = newShell(world, { bundled: path.join(world.dir, 'nowhere', 'runtime') });
  expect(await stagedoor.start()).toMatchObject({ outcome: 'exhausted', error: { code: 'BUNDLED_INVALID' } });
  await stagedoor.stop();
  expect(mentioning(world.layout.root, world.dir)).toEqual([]);
});
