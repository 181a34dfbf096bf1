import { expect } from 'vitest';
import type { StagedoorOptions } from '#src/index.js';
import { isFull } from '../proof/run.ts';
import { type Dice, diceFor } from './dice.ts';
import { startVictim, type Victim } from './victim.ts';

/** A program of `test/fixtures/kills` that takes `{options, killAt}`, on a store that was prepared for this one run. */
export type Scenario<World> = {
  readonly program: string;
  /** Tells apart the random choices of scenarios of one program. */
  readonly label?: string;
  readonly prepare: () => Promise<World>;
  readonly optionsOf: (world: World) => StagedoorOptions;
  /** What must hold after the kill. */
  readonly check: (world: World, situation: string, dice: Dice) => Promise<void>;
};

const start = <World>({ program, optionsOf }: Scenario<World>, world: World, killAt: number): Victim =>
  startVictim(program, { options: optionsOf(world), killAt });

/** How many operations a run has that nobody kills. */
const operationsOf = async <World>(scenario: Scenario<World>): Promise<number> => {
  const victim = start(scenario, await scenario.prepare(), 0);
  await victim.ended;
  const { operations } = victim.said.at(-1)?.line ?? {};
  if (typeof operations !== 'number')
    throw new Error(`${scenario.program} did not end well: ${victim.stderr()}`);
  return operations;
};

/** Kills at one operation; false if the run had fewer than that. */
const killOnce = async <World>(scenario: Scenario<World>, killAt: number, dice: Dice): Promise<boolean> => {
  const world = await scenario.prepare();
  const victim = start(scenario, world, killAt);
  const { signal } = await victim.ended;
  const { line } = victim.said.findLast(said => 'killedAt' in said.line) ?? {};
  if (signal !== 'SIGKILL') expect(victim.stderr(), `killed at ${killAt}`).toBe('');
  else await scenario.check(world, `killed at operation ${killAt}: ${JSON.stringify(line)}`, dice);
  return signal === 'SIGKILL';
};

/** Kills a program at every operation in a full run, else at some; gives how often it was killed. */
export const killAtOperations = async <World>(scenario: Scenario<World>, some: number): Promise<number> => {
  const dice = diceFor(`${scenario.program} ${scenario.label}`);
  const total = await operationsOf(scenario);
  if (!isFull) {
    const step = total / some;
    const points = Array.from({ length: some }, (_, index) => 1 + Math.floor((index + dice.real()) * step));
    for (const point of points)
      expect(await killOnce(scenario, point, dice), `operation ${point}`).toBe(true);
    return points.length;
  }
  let killed = 0;
  // A run may have some more or less of them: the order of its flushes is not its own.
  while (await killOnce(scenario, killed + 1, dice)) killed += 1;
  expect(killed).toBeGreaterThan(total * 0.9);
  return killed;
};
