import { expect, it } from 'vitest';
import type { NativesDraft } from '#machines/contract.js';
import type { NativesEmitted } from '#machines/natives.js';
import { runNatives } from '#src/actors/natives.js';
import { type ChartStep, watchNatives } from '#src/chart-watch.js';
import type { NativesEffects } from '#src/natives/effects.js';
import { comparisons, nativeTag, nativeTree, subject } from '../../support/charts/natives-events.ts';

const input = { mode: 'auto', subject } as const;
const never = new AbortController().signal;

/** Effects that do what a first install does, but for some. */
const effectsWith = (some: Partial<NativesEffects> = {}): NativesEffects => ({
  ask: async () => nativeTag,
  compare: async () => comparisons.pinned,
  find: async () => null,
  claim: async () => 'scratch-1',
  awaitOther: async () => undefined,
  fetch: async () => undefined,
  build: async () => undefined,
  prove: async () => ({ kind: 'loaded' }),
  commit: async () => nativeTree,
  clean: async () => undefined,
  ...some,
});

it('S-07: a claim that is made in the moment of a cancel is given back before the run ends', async () => {
  const cancel = new AbortController();
  const cleaned: NativesDraft[] = [];
  let fetched = false;
  const effects = effectsWith({
    claim: async () => {
      cancel.abort(new Error('nobody waits'));
      await Promise.resolve();
      return 'scratch-1';
    },
    fetch: async () => {
      fetched = true;
    },
    clean: async draft => void cleaned.push(draft),
  });
  await expect(runNatives(effects, input, cancel.signal)).rejects.toThrow('nobody waits');
  expect(cleaned).toEqual([{ tag: nativeTag, scratch: 'scratch-1' }]);
  expect(fetched).toBe(false);
});

it('S-07: where a cancelled claim came to nothing, nothing is removed', async () => {
  const cancel = new AbortController();
  const cleaned: NativesDraft[] = [];
  const effects = effectsWith({
    claim: async (_, signal) => {
      cancel.abort(new Error('nobody waits'));
      throw signal.reason;
    },
    clean: async draft => void cleaned.push(draft),
  });
  await expect(runNatives(effects, input, cancel.signal)).rejects.toThrow('nobody waits');
  expect(cleaned).toEqual([]);
});

it('C-03: the scratch of a cancelled step goes only after the step has really ended', async () => {
  const cancel = new AbortController();
  const order: string[] = [];
  const effects = effectsWith({
    fetch: async (_, signal) => {
      cancel.abort(new Error('nobody waits'));
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
      order.push('fetch has ended');
      throw signal.reason;
    },
    clean: async () => void order.push('clean'),
  });
  await expect(runNatives(effects, input, cancel.signal)).rejects.toThrow('nobody waits');
  expect(order).toEqual(['fetch has ended', 'clean']);
});

const stepsOf = async (effects: NativesEffects): Promise<readonly ChartStep[]> => {
  const steps: ChartStep[] = [];
  const inspect = watchNatives(step => steps.push(step));
  const told: NativesEmitted[] = [];
  await runNatives(effects, input, never, { inspect, tell: event => told.push(event) });
  return steps;
};

it('N-05: of a run that only looks and finds, the journal has one line: its end', async () => {
  const found = await stepsOf(effectsWith({ find: async () => nativeTree }));
  expect(found).toEqual([
    {
      chart: 'natives',
      by: 'xstate.done.actor.findTree',
      state: 'cached',
      moved: true,
      version: '3.0.0',
    },
  ]);
  const fits = await stepsOf(effectsWith({ compare: async () => comparisons.fits }));
  expect(fits.map(({ state }) => state)).toEqual(['matched']);
  const unsure = await stepsOf(effectsWith({ compare: async () => comparisons.unsure }));
  expect(unsure.map(({ state }) => state)).toEqual(['unavailable']);
});

it('N-05: of a run that makes a tree the journal has every step, from the beginning on', async () => {
  const steps = await stepsOf(effectsWith());
  expect(steps.map(({ state }) => state)).toEqual([
    'probing.asking',
    'probing.comparing',
    'probing.lookingUp',
    'installing.claiming',
    'installing.fetching',
    'installing.proving',
    'installing.committing',
    'ready',
  ]);
});
