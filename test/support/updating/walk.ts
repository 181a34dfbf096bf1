import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type AnyMachineSnapshot, createActor, type EventObject, SimulatedClock } from 'xstate';
import { failureOf } from '#machines/failure.js';
import type { UpdateContext, UpdateEmitted, UpdateEvent } from '#machines/update.js';
import type { StagingEffects } from '#src/staging/effects.js';
import type { createCoverage } from '../charts/coverage.ts';
import type { Path, Step } from '../charts/exploration.ts';
import type { Outcome } from '../charts/gates.ts';
import { describePath } from '../charts/replay.ts';
import { type Arrangement, effectOf, type Rotation, type Scene, wishOf } from './arrangement.ts';
import { brokenStoreRules, differenceOf, scratchIn } from './disk.ts';
import { gatedUpdate } from './gated-update.ts';
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

const patienceMs = 30_000;

/** What does not come within this time never will: a message instead of a test that times out. */
const soon = async <Output>(what: string, promise: Promise<Output>): Promise<Output> => {
  let timer: NodeJS.Timeout | undefined;
  const never = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not happen`)), patienceMs);
  });
  try {
    return await Promise.race([promise, never]);
  } finally {
    clearTimeout(timer);
  }
};

/** Milliseconds until the chart acts by itself, calculated here once more: half of the jitter's range. */
const delayOf = (type: string, { failures, result }: UpdateContext): number => {
  if (type.includes('nextCheck')) return 30 * 60_000;
  const asked = result?.kind === 'failed' ? (result.failure.retryAfterMs ?? 0) : 0;
  return Math.max(asked, Math.min(60_000 * 2 ** (failures - 1), 4 * 60 * 60_000) / 2);
};

/** What of the context the model and the real run must agree on; names and hashes differ. */
const memoryOf = ({ context }: AnyMachineSnapshot): unknown => {
  const { order, origin, deferral, schedule, result, failures, release, scratch, tree } =
    context as UpdateContext;
  const known = [release, scratch, tree].map(value => value !== null);
  return [order, origin, deferral !== null, schedule !== null, result?.kind, failures, ...known];
};

const kindOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;

/** Why an effect did not end as it was arranged; null if it did. */
const surprise = (outcome: Outcome, event: EventObject, { codes }: Arrangement): string | null => {
  if (outcome.status === 'rejected') {
    const { code, message } = failureOf(outcome.reason);
    return codes?.includes(code) ? null : `it failed with ${code}: ${message}`;
  }
  if (codes !== undefined) return `it did not fail with ${codes.join(' or ')}`;
  const wanted = 'output' in event ? kindOf(event.output) : undefined;
  return wanted === undefined || kindOf(outcome.value) === wanted
    ? null
    : `it gave ${JSON.stringify(outcome.value)}`;
};

/** Will the run that this check begins end at unpacking? */
const endsAtUnpacking = (path: Path, check: number): boolean => {
  const rest = path.slice(check + 1).map(({ event }) => event.type);
  const next = rest.findIndex(type => type.endsWith('.actor.checkRegistry'));
  return (next < 0 ? rest : rest.slice(0, next)).includes('xstate.error.actor.extract');
};

/** A path on real effects, step by step. */
const begin = (path: Path, { world, coverage, rotation, sabotage }: Walk) => {
  const { logic, gates, hold } = gatedUpdate(sabotage(world.effects));
  const clock = new SimulatedClock();
  const actor = createActor(logic, { input: updateInput, clock, inspect: coverage.inspect });
  const faults: unknown[] = [];
  const staged: string[] = [];
  const beside = world.beside();
  let commits = 0;
  let refusesPackage = false;
  actor.on('*', (event: UpdateEmitted) => {
    if (event.type === 'update.staged') staged.push(event.version);
  });
  actor.subscribe({ error: error => faults.push(error) });
  actor.start();
  coverage.visit(actor);

  const scene = (): Scene => {
    const { release, scratch } = actor.getSnapshot().context;
    return { world, version: release?.version ?? '', scratch: scratch ?? '', refusesPackage };
  };

  const settle = async (effect: string, event: EventObject, at: number): Promise<string> => {
    await soon(`a call of ${effect}`, gates.arrival(effect));
    const wish = wishOf(event);
    if (effect === 'checkRegistry') {
      const mayOffer = wish === 'checkRegistry available' && endsAtUnpacking(path, at);
      refusesPackage = mayOffer && rotation.uses('extract fails') % 2 === 0;
    }
    const now = scene();
    const arrangement = rotation.pick(wish, now);
    const undo = arrangement.prepare?.(now);
    const outcome = await soon(`an end of ${effect}`, gates.open(effect));
    undo?.();
    const wrong = surprise(outcome, event, arrangement);
    if (wrong !== null) throw new Error(`${wish} (${arrangement.name}): ${wrong}`);
    arrangement.settled?.(now);
    if (wish === 'commitPointer committed') commits += 1;
    return `${wish} (${arrangement.name})`;
  };

  const tick = (type: string): string => {
    const before = actor.getSnapshot();
    const delay = delayOf(type, before.context);
    clock.increment(delay - 1);
    if (actor.getSnapshot().value !== before.value) throw new Error(`C-01: sooner than after ${delay} ms`);
    clock.increment(1);
    return `${delay} ms pass`;
  };

  /** Cancels what waits, has just begun, is somewhere in the middle, or waits for a registry that is silent. */
  const cancel = async (event: EventObject, effect: string): Promise<string> => {
    const { name, prepare } = rotation.pick(`cancel ${effect}`, scene());
    const send = (): void => actor.send(event as UpdateEvent);
    if (name === 'waiting') send();
    else {
      const release = { now: (): void => undefined };
      hold.until = new Promise(resolve => Object.assign(release, { now: resolve }));
      const undo = prepare?.(scene());
      const asked = world.registry.requests.length;
      const ended = gates.open(effect);
      if (name === 'midway') {
        for (let turns = rotation.uses('cancel') % 16; turns > 0; turns -= 1) await nextTurn();
      }
      if (name === 'hanging') while (world.registry.requests.length === asked) await nextTurn();
      send();
      hold.until = null;
      release.now();
      await soon(`an end of the cancelled ${effect}`, ended);
      undo?.();
    }
    return `cancel ${effect} (${name})`;
  };

  const take = async ({ event }: Step, at: number): Promise<string> => {
    const effect = effectOf(event);
    if (effect !== null) return settle(effect, event, at);
    if (event.type.startsWith('xstate.after.')) return tick(event.type);
    const [waiting] = gates.waiting();
    const cancels = event.type === 'update.cancel' && actor.getSnapshot().matches('working');
    if (cancels && waiting !== undefined && waiting !== 'commitPointer') return cancel(event, waiting);
    actor.send(event as UpdateEvent);
    return event.type;
  };

  /** The rules that are broken now, by the model and by the disk. */
  const broken = ({ state }: Step): string[] => {
    const now = actor.getSnapshot();
    const rules = brokenStoreRules(world.store, world.expected);
    if (!isDeepStrictEqual(now.value, state.value)) {
      rules.push(`the chart is at ${JSON.stringify(now.value)}, the model at ${JSON.stringify(state.value)}`);
    } else if (!isDeepStrictEqual(memoryOf(now), memoryOf(state))) {
      rules.push(
        `the chart remembers ${JSON.stringify(memoryOf(now))}, the model ${JSON.stringify(memoryOf(state))}`,
      );
    }
    const allowed = now.hasTag('resting') ? [] : [now.context.scratch];
    const left = scratchIn(world.store).filter(name => !allowed.includes(name));
    rules.push(...left.map(name => `S-07: ${name} is left behind`));
    const outside = differenceOf(world.beside(), beside);
    if (outside !== null) rules.push(`beside the store ${outside}`);
    if (staged.length !== commits)
      rules.push(`L-09: told of ${staged.length} versions, and ${commits} were staged`);
    if (faults.length > 0) rules.push(`the chart died: ${String(faults[0])}`);
    return rules;
  };

  const end = (): void => {
    actor.stop();
    gates.clear();
  };

  return { take, broken, end };
};

/** Walks a path on real effects; after every step the chart is where the model is, and the disk breaks no rule. */
export const walk = async (path: Path, options: Walk): Promise<void> => {
  const run = begin(path, options);
  const done: string[] = [];
  try {
    for (const [at, step] of path.entries()) {
      done.push(await run.take(step, at));
      const rules = run.broken(step);
      if (rules.length > 0) throw new Error(rules.join('; '));
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${options.name}: ${why}\n  after: ${done.join(' → ')}\n  path: ${describePath(path)}`, {
      cause: error,
    });
  } finally {
    run.end();
  }
};
