import { expect } from 'vitest';
import type { Candidate } from '#machines/contract.js';
import { readPointer } from '#src/store/pointer.js';
import type { LoopbackRegistry } from '#src/testing/index.js';
import { type AppWorld, fs } from '../app-world.ts';
import type { Dice } from './dice.ts';
import { preparedWorld, publish } from './kill-world.ts';
import { expectGood, expectIntact, expectTidy, startForReal, startInProcess } from './next-start.ts';
import { startVictim } from './victim.ts';

/** One store and the versions that a registry offers to it. */
export type Track = {
  readonly world: AppWorld;
  /** The version that is on offer, newer than what is pointed to. */
  readonly offer: () => string;
  readonly pointed: () => string | null;
};

const pointedVersion = ({ layout }: AppWorld): string | null => {
  const state = readPointer(fs, layout);
  return state.kind === 'valid' ? state.pointer.version : null;
};

/** A prepared store; each time that the offer has been committed, the next version is published. */
export const newTrack = async (registry: LoopbackRegistry): Promise<Track> => {
  const world = await preparedWorld(registry);
  let minor = 1;
  const pointed = (): string | null => pointedVersion(world);
  publish(registry, '1.1.0');
  const offer = (): string => {
    while (pointed() === `1.${minor}.0` || minor === 1) {
      minor += 1;
      publish(registry, `1.${minor}.0`);
    }
    return `1.${minor}.0`;
  };
  return { world, offer, pointed };
};

/** P-01 for one kill: the next start launches the old good or the new good version, and cleans up. */
export const expectGoodStart = async (
  { world }: Track,
  {
    old,
    offered,
    situation,
    real,
  }: {
    readonly old: string;
    readonly offered: string;
    readonly situation: string;
    readonly real: boolean;
  },
): Promise<void> => {
  const allowed = [old, offered];
  const state = readPointer(fs, world.layout);
  expect(state.kind, situation).toBe('valid');
  let first: Pick<Candidate, 'version'> & Partial<Candidate>;
  try {
    first = real ? { version: await startForReal(world) } : await startInProcess(world);
  } catch (error) {
    throw new Error(`the start failed: ${situation}`, { cause: error });
  }
  expectGood(world, first.version, allowed, situation);
  expect(first.role ?? 'override', situation).toBe('override');
  await expectTidy(world, situation);
};

/** Afterwards an update that nobody kills ends at the newest version, and its store is whole and tidy. */
export const expectRecovery = async (track: Track, situation: string): Promise<void> => {
  const offered = track.offer();
  const update = startVictim('update', track.world.options);
  const settled = await update.says(line => line.at === 'settled');
  await update.ended;
  expect(settled?.line, `${situation}: ${update.stderr()}`).toMatchObject({
    outcome: 'staged',
    version: offered,
  });
  expect(track.pointed(), situation).toBe(offered);
  expect(await startForReal(track.world), situation).toBe(offered);
  await expectTidy(track.world, situation);
  await expectIntact(track.world, situation);
};

/** A real runtime for every tenth start or so. */
export const isRealTurn = (dice: Dice): boolean => dice.below(10) === 0;
