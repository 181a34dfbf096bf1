import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { collect } from '#src/store/retention.js';
import { checkTree } from '#src/store/tree-check.js';
import { interceptFileSystem } from '#src/testing/index.js';
import { codeOf, newWorld, releaseOf, runtime, scratchOf, type World } from './staging-world.ts';

const never = new AbortController().signal;
const silent = (): void => undefined;

const begun = async (world: World) => {
  world.registry.publish(runtime('1.1.0'));
  await world.stage();
  world.registry.publish(runtime('1.2.0'));
  const offer = await world.check();
  return { release: releaseOf(offer), scratch: scratchOf(offer) };
};

const unpacked = async (world: World) => {
  const input = await begun(world);
  await world.effects.download(input, never, silent);
  await world.effects.extract(input, never, silent);
  await world.effects.stageNatives(input, never, silent);
  return input;
};

const flip = (file: string): void => {
  const bytes = readFileSync(file);
  const middle = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  writeFileSync(file, bytes);
};

test('U-06: a staged tree that somebody swept before the commit is never pointed to', async () => {
  const world = await newWorld();
  const input = await unpacked(world);
  const { tree } = await world.effects.verify(input, never, silent);
  const before = world.launchable();
  rmSync(world.layout.partials('1.2.0'), { recursive: true });
  expect(await codeOf(world.effects.commit({ ...input, tree }, never))).toBe('TREE_DAMAGED');
  expect(world.launchable()).toEqual(before);
});

test('U-10: an adopted folder that goes or changes before the commit is never pointed to', async () => {
  const world = await newWorld();
  const input = await unpacked(world);
  const { tree } = await world.effects.verify(input, never, silent);
  const pointer = readFileSync(world.layout.current);
  await world.effects.commit({ ...input, tree }, never);
  writeFileSync(world.layout.current, pointer);
  const adoptable = await world.check();
  const adopted = { release: releaseOf(adoptable), scratch: scratchOf(adoptable) };
  const digest = await world.effects.adopt(adopted, never);
  flip(path.join(world.layout.version('1.2.0'), 'README.md'));
  expect(await codeOf(world.effects.commit({ ...adopted, ...digest }, never))).toBe('TREE_DAMAGED');
  rmSync(world.layout.version('1.2.0'), { recursive: true });
  expect(await codeOf(world.effects.commit({ ...adopted, ...digest }, never))).toBe('TREE_DAMAGED');
  expect(readFileSync(world.layout.current)).toEqual(pointer);
});

test('P-32: an adopted folder is not collected by another process before it is pointed to', async () => {
  const world = await newWorld();
  const input = await unpacked(world);
  const { tree } = await world.effects.verify(input, never, silent);
  const pointer = readFileSync(world.layout.current);
  await world.effects.commit({ ...input, tree }, never);
  writeFileSync(world.layout.current, pointer);
  const collected: string[] = [];
  const port = interceptFileSystem(fs, ({ path: file, call, style, mutates }, proceed) => {
    if (call !== 'open' || style !== 'async' || !mutates || file?.includes('.current.json.') !== true)
      return proceed();
    return collect(fs, world.layout, { keep: () => new Set() }).then(({ removed }) => {
      collected.push(...removed);
      return proceed();
    });
  });
  const adopting = world.with({}, port);
  const adoptable = await adopting.check();
  expect(adoptable.kind).toBe('adoptable');
  expect(await adopting.finish(adoptable)).toMatchObject({ version: '1.2.0' });
  expect(collected).toEqual(['1.1.0']);
  expect(existsSync(world.layout.version('1.2.0'))).toBe(true);
});

test('P-26: a tarball that is damaged on disk after its download does not make a good version bad', async () => {
  const world = await newWorld();
  const input = await begun(world);
  await world.effects.download(input, never, silent);
  flip(world.layout.partialTarball(input.scratch));
  expect(await codeOf(world.effects.extract(input, never, silent))).toBe('INTEGRITY_MISMATCH');
  await world.effects.clean(input);
  expect(existsSync(world.layout.badVersions)).toBe(false);
  expect(await world.stage()).toMatchObject({ version: '1.2.0' });
});

test('P-09: a bit that flips between unpacking and verifying is found before the tree is launched', async () => {
  const world = await newWorld();
  const input = await unpacked(world);
  flip(path.join(world.layout.partialTree(input.scratch), 'cli.js'));
  const { tree } = await world.effects.verify(input, never, silent);
  await world.effects.commit({ ...input, tree }, never);
  const check = await checkTree(fs, world.layout.version('1.2.0'), { expectedTree: tree, depth: 'launch' });
  expect(check).toMatchObject({ ok: false, path: 'cli.js' });
  expect(await world.check()).toMatchObject({ kind: 'available' });
});
