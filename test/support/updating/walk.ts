import { isDeepStrictEqual } from 'node:util';
import type { AnyMachineSnapshot } from 'xstate';
import type { UpdateContext } from '#machines/update.js';
import type { Path } from '../charts/exploration.ts';
import { describePath } from '../charts/replay.ts';
import { brokenStoreRules, differenceOf, scratchIn } from './disk.ts';
import { take } from './moves.ts';
import { type Run, startRun, stopRun, type Walk } from './run.ts';

/** What of the context the model and the real run must agree on; names and hashes differ. */
const memoryOf = ({ context }: AnyMachineSnapshot): unknown => {
  const { order, origin, deferral, schedule, result, failures, release, scratch, tree } =
    context as UpdateContext;
  const known = [release, scratch, tree].map(value => value !== null);
  return [order, origin, deferral !== null, schedule !== null, result?.kind, failures, ...known];
};

const brokenByChart = (
  { actor, commits, staged, outgrown, faults }: Run,
  model: AnyMachineSnapshot,
): string[] => {
  const now = actor.getSnapshot();
  const [at, expected] = [now, model].map(state => JSON.stringify([state.value, memoryOf(state)]));
  return [
    ...(isDeepStrictEqual(at, expected) ? [] : [`the chart is at ${at}, the model at ${expected}`]),
    ...(staged.length === commits ? [] : [`L-09: told of ${staged.length} versions, ${commits} were staged`]),
    ...(outgrown.length <= 1 ? [] : [`U-11: told ${outgrown.length} times of one version: ${outgrown}`]),
    ...faults.map(fault => `the chart died: ${String(fault)}`),
  ];
};

const brokenByDisk = ({ actor, world, beside, backstage }: Run): string[] => {
  const now = actor.getSnapshot();
  const allowed = now.hasTag('resting') ? [] : [now.context.scratch];
  const left = scratchIn(world.store).filter(name => !allowed.includes(name));
  const outside = differenceOf(world.beside(), beside);
  return [
    ...brokenStoreRules(world.store, world.expected),
    ...backstage.overlaps.map(effect => `S-07: a clean-up began beside ${effect}`),
    ...left.map(name => `S-07: ${name} is left behind`),
    ...(outside === null ? [] : [`beside the store ${outside}`]),
  ];
};

/** Walks a path on real effects; after every step the chart is where the model is, and the disk breaks no rule. */
export const walk = async (path: Path, options: Walk): Promise<void> => {
  const run = startRun(path, options);
  const done: string[] = [];
  try {
    for (const [at, step] of path.entries()) {
      done.push(await take(run, step, at));
      const broken = [...brokenByChart(run, step.state), ...brokenByDisk(run)];
      if (broken.length > 0) throw new Error(broken.join('; '));
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const text = `${options.name}: ${why}\n  after: ${done.join(' → ')}\n  path: ${describePath(path)}`;
    throw new Error(text, { cause: error });
  } finally {
    await stopRun(run);
  }
};
