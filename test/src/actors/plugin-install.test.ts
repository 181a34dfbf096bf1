import { expect, it } from 'vitest';
import type { PluginPlan } from '#machines/contract.js';
import type { PluginInstallEmitted } from '#machines/plugin-install.js';
import { runPluginInstall } from '#src/actors/plugin-install.js';
import { StagedoorError } from '#src/failure.js';
import type { PluginEffects } from '#src/plugins/effects.js';
import {
  pluginComparisons,
  pluginPlan,
  pluginStaged,
  pluginVerified,
  wish,
} from '../../support/charts/plugin-events.ts';

const add = { task: 'add', wish } as const;
const never = new AbortController().signal;

const someTurns = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

/** Effects that do what a first install does, but for some. */
const effectsWith = (some: Partial<PluginEffects> = {}): PluginEffects => ({
  resolve: async () => pluginPlan(),
  compare: async () => pluginComparisons.fits,
  download: async () => undefined,
  stage: async () => pluginStaged.fits,
  verify: async () => pluginVerified,
  commit: async () => ({ replaced: null }),
  remove: async () => ({ removed: '1.1.0' }),
  clean: async () => undefined,
  ...some,
});

it('K-05: a run ends with what came of it, and tells on its way', async () => {
  const told: PluginInstallEmitted[] = [];
  const outcome = await runPluginInstall(effectsWith(), add, never, { tell: event => told.push(event) });
  expect(outcome).toMatchObject({ kind: 'installed', version: '1.2.0', replaced: null });
  expect(told.map(({ type }) => type)).toEqual(['plugin.installing', 'plugin.settled']);
  const gone = await runPluginInstall(effectsWith(), { task: 'remove', wish }, never);
  expect(gone).toEqual({ kind: 'removed', version: '1.1.0' });
});

it('K-05: the failure of an effect is an outcome with its code and hint, nothing that is thrown', async () => {
  const effects = effectsWith({
    download: () =>
      Promise.reject(new StagedoorError('INTEGRITY_MISMATCH', 'other bytes', { hint: 'again' })),
  });
  expect(await runPluginInstall(effects, add, never)).toMatchObject({
    kind: 'failed',
    failure: { code: 'INTEGRITY_MISMATCH', message: 'other bytes', hint: 'again' },
  });
});

it('C-03: where the signal is aborted already, no effect begins', async () => {
  let begun = false;
  const effects = effectsWith({
    resolve: async () => {
      begun = true;
      return pluginPlan();
    },
  });
  expect(await runPluginInstall(effects, add, AbortSignal.abort())).toEqual({ kind: 'cancelled' });
  expect(begun).toBe(false);
});

it('C-03, S-07: an abort in the middle ends the step, then removes its scratch, then ends the run', async () => {
  const cancel = new AbortController();
  const order: string[] = [];
  const effects = effectsWith({
    stage: async (_, signal) => {
      cancel.abort(new Error('nobody waits'));
      await someTurns();
      order.push(`stage has ended, aborted: ${signal.aborted}`);
      throw signal.reason;
    },
    clean: async ({ scratch }: PluginPlan) => {
      order.push(`clean ${scratch}`);
      await someTurns();
      order.push('cleaned');
    },
  });
  expect(await runPluginInstall(effects, add, cancel.signal)).toEqual({ kind: 'cancelled' });
  expect(order).toEqual(['stage has ended, aborted: true', 'clean scratch-1', 'cleaned']);
});

it('S-07: a step that finishes its work in spite of the cancel is cleaned all the same', async () => {
  const cancel = new AbortController();
  const order: string[] = [];
  const effects = effectsWith({
    download: async () => {
      cancel.abort();
      await someTurns();
      order.push('downloaded');
    },
    clean: async () => void order.push('clean'),
  });
  expect(await runPluginInstall(effects, add, cancel.signal)).toEqual({ kind: 'cancelled' });
  expect(order).toEqual(['downloaded', 'clean']);
});

it('C-03: a run that is given up while it looks ends only when nothing of it is at work any more', async () => {
  const cancel = new AbortController();
  let resolving = true;
  const effects = effectsWith({
    resolve: async (_, signal) => {
      cancel.abort(new Error('nobody waits'));
      await someTurns();
      resolving = false;
      throw signal.reason;
    },
  });
  expect(await runPluginInstall(effects, add, cancel.signal)).toEqual({ kind: 'cancelled' });
  expect(resolving).toBe(false);
});

it('C-03: a commit in flight is never torn, and what it has done is told', async () => {
  const cancel = new AbortController();
  let torn = false;
  const effects = effectsWith({
    commit: async (_, signal) => {
      cancel.abort(new Error('nobody waits'));
      await someTurns();
      torn = signal.aborted;
      return { replaced: '1.1.0' };
    },
  });
  const outcome = await runPluginInstall(effects, add, cancel.signal);
  expect(outcome).toMatchObject({ kind: 'installed', replaced: '1.1.0' });
  expect(torn).toBe(false);
});
