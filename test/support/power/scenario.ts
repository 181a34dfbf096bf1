import type { Defect } from './defects.ts';
import type { Disk } from './disk.ts';
import type { Facts } from './facts.ts';
import type { Operation } from './operation.ts';
import { diskOf, type Recorder, recorder } from './recording.ts';
import { type Expected, expectedOf, leftOut, type PowerWorld } from './world.ts';

/** Null: it holds; else what is wrong. */
export type Rule = (facts: Facts, launched: string) => string | null;

/** A program over a store, what a start may launch before it, and what must hold in every moment of it. */
export type Scenario = {
  readonly name: string;
  /** Lays the world out; nothing of it is recorded, and all of it lasts. */
  readonly prepare: () => Promise<PowerWorld>;
  readonly run: (world: PowerWorld, recorder: Recorder) => Promise<void>;
  readonly before: readonly string[];
  /** What a start may launch beside these while the program is under way: another good version, for a reason. */
  readonly meanwhile?: readonly string[];
  readonly rules: readonly Rule[];
  /** The pointer does not have to be readable before the program has repaired it. */
  readonly beginsTorn?: boolean;
};

/** What a program did, as data: enough to replay it on a disk of the model. */
export type Recording = {
  readonly scenario: Scenario;
  readonly world: PowerWorld;
  readonly disk: Disk;
  readonly operations: readonly Operation[];
  readonly expected: ReadonlyMap<string, Expected>;
};

const versions = ['1.0.5', '1.1.0', '1.2.0'] as const;

/** Runs a program on the real disk, with a defect of its port where one is planted. */
export const record = async (scenario: Scenario, defect?: Defect): Promise<Recording> => {
  const world = await scenario.prepare();
  const disk = diskOf(world.base, leftOut);
  const plain = recorder(world.base, leftOut);
  const fs = defect === undefined ? plain.fs : plain.through(defect(() => plain.fs));
  await scenario.run(world, { ...plain, fs });
  const expected = new Map(versions.map(version => [version, expectedOf(version)]));
  return { scenario, world, disk, operations: [...plain.operations], expected };
};
