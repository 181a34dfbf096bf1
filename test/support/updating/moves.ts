import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventObject } from 'xstate';
import { failureOf } from '#machines/failure.js';
import type { UpdateContext, UpdateEvent } from '#machines/update.js';
import type { Path, Step } from '../charts/exploration.ts';
import type { Outcome } from '../charts/gates.ts';
import { type Arrangement, effectOf, kindOf, wishOf } from './arrangement.ts';
import { brokenLaunch } from './disk.ts';
import { treeOf } from './published.ts';
import { type Run, sceneOf } from './run.ts';
import { isIntact } from './world.ts';

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

/** Looks at the pointer in every turn until an effect has ended: what it names is always whole. */
const watched = async (run: Run, ended: Promise<Outcome>): Promise<Outcome> => {
  let over = false;
  void ended.finally(() => {
    over = true;
  });
  const broken: string[] = [];
  while (!over) {
    broken.push(...brokenLaunch(run.world.store, treeOf));
    await nextTurn();
  }
  if (broken.length > 0) throw new Error(`meanwhile: ${broken[0]}`);
  return ended;
};

/** The clean-up has begun by now; what was cancelled ends only after it had its chance to go first. */
const releaseLate = async (run: Run): Promise<void> => {
  for (let turns = 3; turns > 0; turns -= 1) await nextTurn();
  await run.release?.();
  run.release = null;
};

/** Arranges the world, lets the effect run, and compares how it ended. */
const settle = async (run: Run, effect: string, event: EventObject, at: number): Promise<string> => {
  await soon(`a call of ${effect}`, run.gates.arrival(effect));
  const wish = wishOf(event);
  if (effect === 'checkRegistry') {
    const ends = wish === 'checkRegistry available' && endsAtUnpacking(run.path, at);
    // Every other time the package is at fault, else the disk.
    run.refusesPackage = ends && run.rotation.uses('extract fails') % 2 === 0;
  }
  const scene = sceneOf(run);
  const arrangement = run.rotation.pick(wish, scene);
  const undo = arrangement.prepare?.(scene);
  const watches = effect === 'commitPointer' && isIntact(run.world, run.world.expected.pointer.version);
  const ended = run.gates.open(effect);
  if (run.release !== null) await releaseLate(run);
  const outcome = await soon(`an end of ${effect}`, watches ? watched(run, ended) : ended);
  undo?.();
  const label = `${wish} (${arrangement.name})`;
  const wrong = surprise(outcome, event, arrangement);
  if (wrong !== null) throw new Error(`${label}: ${wrong}`);
  arrangement.settled?.(scene);
  if (wish === 'commitPointer committed') run.commits += 1;
  return label;
};

/** Milliseconds until the chart acts by itself, calculated here once more: the middle of the jitter's range. */
const delayOf = (type: string, { failures, result }: UpdateContext): number => {
  if (type.includes('nextCheck')) return 30 * 60_000;
  const asked = result?.kind === 'failed' ? (result.failure.retryAfterMs ?? 0) : 0;
  return Math.max(asked, Math.min(60_000 * 2 ** (failures - 1), 4 * 60 * 60_000) / 2);
};

const tick = ({ actor, clock }: Run, type: string): string => {
  const before = actor.getSnapshot();
  const delay = delayOf(type, before.context);
  clock.increment(delay - 1);
  if (actor.getSnapshot() !== before) throw new Error(`C-01: sooner than after ${delay} ms`);
  clock.increment(1);
  return `${delay} ms pass`;
};

/**
 * Cancels what waits, has just begun, is somewhere in the middle, or waits for a registry that is silent. What has begun is
 * held at its end until the clean-up has begun.
 */
const cancel = async (run: Run, event: UpdateEvent, effect: string): Promise<string> => {
  const { gates, backstage, world, rotation, actor } = run;
  const scene = sceneOf(run);
  const { name, prepare } = rotation.pick(`cancel ${effect}`, scene);
  if (name !== 'waiting') {
    const late = { go: (): void => undefined };
    backstage.until = new Promise(resolve => Object.assign(late, { go: resolve }));
    const undo = prepare?.(scene);
    const asked = world.registry.requests.length;
    const ended = gates.open(effect);
    const turns = name === 'midway' ? rotation.uses('cancel') % 16 : 0;
    for (let left = turns; left > 0; left -= 1) await nextTurn();
    while (name === 'hanging' && world.registry.requests.length === asked) await nextTurn();
    run.release = async () => {
      backstage.until = null;
      late.go();
      await soon(`an end of the cancelled ${effect}`, ended);
      undo?.();
    };
  }
  actor.send(event);
  return `cancel ${effect} (${name})`;
};

/** Makes the next event of a path happen for real; gives back what was done. */
export const take = async (run: Run, { event }: Step, at: number): Promise<string> => {
  const { actor, gates } = run;
  const effect = effectOf(event);
  if (effect !== null) return settle(run, effect, event, at);
  if (event.type.startsWith('xstate.after.')) return tick(run, event.type);
  const [waiting] = gates.waiting();
  const order = event as UpdateEvent;
  const cancels = order.type === 'update.cancel' && actor.getSnapshot().matches('working');
  // A commit is not interrupted: there the order must change nothing.
  if (cancels && waiting !== undefined && waiting !== 'commitPointer') return cancel(run, order, waiting);
  actor.send(order);
  return order.type;
};
