import { type Actor, createActor, SimulatedClock } from 'xstate';
import type { UpdateEmitted } from '#machines/update.js';
import type { UpdateLogic } from '#src/actors/update.js';
import type { StagingEffects } from '#src/staging/effects.js';
import type { createCoverage } from '../charts/coverage.ts';
import type { Path } from '../charts/exploration.ts';
import type { Gates } from '../charts/gates.ts';
import type { Rotation, Scene } from './arrangement.ts';
import type { Shape } from './disk.ts';
import { type Backstage, gatedUpdate } from './gated-update.ts';
import { updateInput } from './paths.ts';
import type { UpdateWorld } from './world.ts';

/** Breaks the effects on purpose: a walk that does not notice is worth nothing. */
export type Sabotage = (effects: StagingEffects) => StagingEffects;

export type Walk = {
  /** For the message of a failure. */
  readonly name: string;
  readonly world: UpdateWorld;
  readonly coverage: ReturnType<typeof createCoverage>;
  readonly rotation: Rotation;
  readonly sabotage: Sabotage;
};

/** The update chart on the real effects of one world, and what was seen of it. */
export type Run = {
  readonly path: Path;
  readonly world: UpdateWorld;
  readonly rotation: Rotation;
  readonly actor: Actor<UpdateLogic>;
  readonly clock: SimulatedClock;
  readonly gates: Gates;
  readonly backstage: Backstage;
  /** Lets a cancelled effect end at last; null where none is held. */
  release: (() => Promise<void>) | null;
  /** What lay around the store at the beginning. */
  readonly beside: Shape;
  /** Versions that hosts were told of. */
  readonly staged: readonly string[];
  /** Versions that hosts were told to need a newer shell. */
  readonly outgrown: readonly string[];
  /** What killed the chart. */
  readonly faults: readonly unknown[];
  commits: number;
  /** The package of the run in work must not pass unpacking. */
  refusesPackage: boolean;
};

export const startRun = (path: Path, { world, coverage, rotation, sabotage }: Walk): Run => {
  const { logic, gates, backstage } = gatedUpdate({
    ...sabotage(world.effects),
    matchNatives: world.natives.match,
  });
  const clock = new SimulatedClock();
  const actor = createActor(logic, { input: updateInput, clock, inspect: coverage.inspect });
  const faults: unknown[] = [];
  const staged: string[] = [];
  const outgrown: string[] = [];
  actor.on('*', (event: UpdateEmitted) => {
    if (event.type === 'update.staged') staged.push(event.version);
    if (event.type === 'update.outgrown') outgrown.push(event.version);
  });
  actor.subscribe({ error: error => faults.push(error) });
  const beside = world.beside();
  actor.start();
  coverage.visit(actor);
  const seen = { beside, staged, outgrown, faults, commits: 0, refusesPackage: false, release: null };
  return { path, world, rotation, actor, clock, gates, backstage, ...seen };
};

export const sceneOf = ({ actor, world, refusesPackage }: Run): Scene => {
  const { release, scratch } = actor.getSnapshot().context;
  return { world, version: release?.version ?? '', scratch: scratch ?? '', refusesPackage };
};

/** Ends it wherever it is, as a host that quits. */
export const stopRun = async ({ actor, gates, release }: Run): Promise<void> => {
  actor.stop();
  gates.clear();
  await release?.();
};
