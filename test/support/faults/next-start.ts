import { existsSync, readdirSync } from 'node:fs';
import { expect } from 'vitest';
import type { Candidate } from '#machines/contract.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import { readPin } from '#src/store/pin.js';
import { readPointer } from '#src/store/pointer.js';
import { collectGarbage } from '#src/upkeep/gc.js';
import { unpin } from '#src/upkeep/pinning.js';
import { readStatus } from '#src/upkeep/status.js';
import { differenceOf } from './contents.ts';
import { makeDead } from './dead-writer.ts';
import { update } from './preparations.ts';
import { type Scenario, startUp } from './scenarios.ts';
import { through, type World } from './store-world.ts';

const rootNames = [
  'attempts',
  'bad-versions.json',
  'cache',
  'current.json',
  'health.json',
  'journal.jsonl',
  'leases',
  'pin.json',
  'trash',
  'versions',
];

/** P-13: nothing is left of a crash, and nothing is there that the layout does not know. */
export const expectTidy = async ({ layout, bundledDir }: World, situation: string): Promise<void> => {
  const { leftovers, staging, versions } = await readStatus(nodeFileSystem, layout, { bundledDir });
  const none = { partials: [], temporaries: [], trash: [], staging: [] };
  expect({ ...leftovers, staging }, situation).toEqual(none);
  expect(rootNames, situation).toEqual(expect.arrayContaining(readdirSync(layout.root)));
  const folders = existsSync(layout.versions) ? readdirSync(layout.versions) : [];
  expect(folders.sort(), situation).toEqual(versions.map(({ version }) => version).sort());
  expect(versions.length, situation).toBeLessThanOrEqual(3);
  expect(existsSync(layout.leases) ? readdirSync(layout.leases) : [], situation).toEqual([]);
};

/** P-01: what starts is allowed, and each byte of it is as it was published. */
export const expectGood = (
  world: World,
  { version }: Candidate,
  scenario: Scenario,
  situation: string,
): void => {
  expect(scenario.allowed, situation).toContain(version);
  expect(differenceOf(world.layout, version), situation).toBeNull();
};

export const pointedVersion = ({ layout }: World): string | null => {
  const state = readPointer(nodeFileSystem, layout);
  return state.kind === 'valid' ? state.pointer.version : null;
};

/** A pointer names a version that is there, with every byte, at any moment. */
export const expectPointerGood = (world: World, situation: string): void => {
  const version = pointedVersion(world);
  if (version !== null) expect(differenceOf(world.layout, version), `${situation}: the pointer`).toBeNull();
};

/** An update that nobody disturbs ends at the newest version, and the store is whole and tidy after the next start. */
export const expectUpdate = async (world: World, { newest }: Scenario, situation: string): Promise<void> => {
  const healthy = through(world, nodeFileSystem);
  if (readPin(nodeFileSystem, world.layout) !== null) await unpin(nodeFileSystem, world.layout);
  const result = await update(healthy);
  expect(pointedVersion(world), `${situation}: ${JSON.stringify(result)}`).toBe(newest);
  expect(differenceOf(world.layout, newest), situation).toBeNull();
  expect((await startUp(healthy)).version, situation).toBe(newest);
  await expectTidy(world, situation);
};

/** The start after a crash, and what it owes the store. */
export const nextStart = async (world: World): Promise<Candidate> => {
  makeDead(world.layout);
  const healthy = through(world, nodeFileSystem);
  const candidate = await startUp(healthy);
  await collectGarbage(nodeFileSystem, world.layout, { bundledDir: world.bundledDir });
  return candidate;
};
