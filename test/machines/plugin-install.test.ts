import { describe, expect, it } from 'vitest';
import { statePath } from '#src/chart-watch.js';
import { beginInstalling, type Installing } from '../support/charts/installing.ts';
import {
  conflict,
  hidden,
  pluginComparisons,
  pluginPlan,
  pluginStaged,
  pluginVerified,
  wish,
} from '../support/charts/plugin-events.ts';
import { failure } from '../support/charts/samples.ts';
import { breathe } from '../support/charts/slots.ts';

const { fits, conflicts } = pluginComparisons;
const plan = pluginPlan();

describe('a plugin that is wanted', () => {
  it('K-05: it is resolved, compared, downloaded, staged, verified, then committed, in this order', async () => {
    const run = beginInstalling();
    await run.committing();
    await run.committed('1.1.0');
    expect(run.begun()).toEqual([
      'resolvePlugin',
      'comparePlugin',
      'downloadPlugin',
      'stagePlugin',
      'verifyPlugin',
      'commitPlugin',
    ]);
    expect(run.slots.commitPlugin.calls[0]?.input).toEqual({
      plan,
      shared: fits.shared,
      verified: pluginVerified,
    });
    expect(run.outcome()).toEqual({
      kind: 'installed',
      version: '1.2.0',
      replaced: '1.1.0',
      shared: [{ name: 'react', version: '18.3.1' }],
      stripped: ['react'],
    });
  });

  it('K-05: the host hears when it begins to come, and how it ended', async () => {
    const run = beginInstalling();
    await run.resolved();
    expect(run.told).toEqual([]);
    await run.compared();
    expect(run.told).toEqual([
      { type: 'plugin.installing', wish, version: '1.2.0', packages: 1, shared: fits.shared },
    ]);
    await run.downloaded();
    await run.staged();
    await run.verified();
    await run.committed();
    expect(run.told.map(({ type }) => type)).toEqual(['plugin.installing', 'plugin.settled']);
    expect(run.told.at(-1)).toEqual({ type: 'plugin.settled', wish, outcome: run.outcome() });
  });

  it('K-05: one demand that can not be met refuses it as a whole, and nothing is downloaded', async () => {
    const run = beginInstalling();
    await run.resolved();
    await run.compared(conflicts);
    expect(run.begun()).toEqual(['resolvePlugin', 'comparePlugin']);
    expect(run.outcome()).toEqual({ kind: 'refused', version: '1.2.0', conflicts: [conflict] });
    expect(run.told).toEqual([
      { type: 'plugin.refused', wish, version: '1.2.0', conflicts: [conflict] },
      { type: 'plugin.settled', wish, outcome: run.outcome() },
    ]);
  });

  it('K-05, S-07: what an archive itself asks for and can not be met refuses it, too, and nothing is left', async () => {
    const run = beginInstalling();
    await run.installing();
    await run.downloaded();
    await run.staged(pluginStaged.conflicts);
    expect(run.at({ installing: 'cleaning' })).toBe(true);
    await run.cancel();
    await run.cleaned();
    expect(run.begun()).not.toContain('verifyPlugin');
    expect(run.slots.cleanPlugin.calls.map(({ input }) => input)).toEqual([plan]);
    expect(run.outcome()).toEqual({ kind: 'refused', version: '1.2.0', conflicts: [hidden] });
    expect(run.told.map(({ type }) => type)).toEqual([
      ...['plugin.installing', 'plugin.refused', 'plugin.settled'],
    ]);
  });

  it('S-07: a clean-up that fails does not hide a refusal', async () => {
    const run = beginInstalling();
    await run.installing();
    await run.downloaded();
    await run.staged(pluginStaged.conflicts);
    run.slots.cleanPlugin.reject(failure('DISK_DENIED'));
    await breathe();
    expect(run.outcome()).toMatchObject({ kind: 'refused', conflicts: [hidden] });
  });

  it('K-05: the very same that is there may stay where the lock admits it, and is not made anew', async () => {
    const run = beginInstalling();
    await run.resolved(pluginPlan(true));
    await run.compared();
    expect(run.begun()).toEqual(['resolvePlugin', 'comparePlugin']);
    expect(run.outcome()).toEqual({ kind: 'present', version: '1.2.0', shared: fits.shared });
    expect(run.told.map(({ type }) => type)).toEqual(['plugin.settled']);
  });

  it('K-05: one that is there and that the lock does not admit any more is refused all the same', async () => {
    const run = beginInstalling();
    await run.resolved(pluginPlan(true));
    await run.compared(conflicts);
    expect(run.outcome()).toMatchObject({ kind: 'refused', conflicts: [conflict] });
  });

  it('K-07: without a lock that can be read nothing is installed', async () => {
    const run = beginInstalling();
    run.slots.resolvePlugin.reject(failure('STORE_UNREADABLE'));
    await breathe();
    expect(run.begun()).toEqual(['resolvePlugin']);
    expect(run.outcome()).toEqual({ kind: 'failed', failure: failure('STORE_UNREADABLE') });
  });
});

describe('a plugin that is to go', () => {
  it('K-05: what was there is removed, and its version told', async () => {
    const run = beginInstalling('remove');
    expect(run.slots.removePlugin.calls.map(({ input }) => input)).toEqual([wish]);
    await run.removed('1.1.0');
    expect(run.outcome()).toEqual({ kind: 'removed', version: '1.1.0' });
    expect(run.begun()).toEqual(['removePlugin']);
  });

  it('K-05: where nothing by that name is installed, that is the answer', async () => {
    const run = beginInstalling('remove');
    await run.removed(null);
    expect(run.outcome()).toEqual({ kind: 'absent' });
  });

  it('K-05: a removal that fails says why', async () => {
    const run = beginInstalling('remove');
    run.slots.removePlugin.reject(failure('STORE_BUSY'));
    await breathe();
    expect(run.outcome()).toEqual({ kind: 'failed', failure: failure('STORE_BUSY') });
  });

  it('C-03: a removal is finished, not interrupted', async () => {
    const run = beginInstalling('remove');
    await run.cancel();
    expect(run.slots.removePlugin.calls[0]?.signal.aborted).toBe(false);
    await run.removed('1.1.0');
    expect(run.outcome()).toEqual({ kind: 'removed', version: '1.1.0' });
  });
});

type Reach = readonly [string, keyof Installing['slots']['actors'], (run: Installing) => Promise<void>];
const looking: readonly Reach[] = [
  ['probing.resolving', 'resolvePlugin', async () => undefined],
  ['probing.comparing', 'comparePlugin', run => run.resolved()],
];
const making: readonly Reach[] = [
  ['installing.downloading', 'downloadPlugin', run => run.installing()],
  [
    'installing.staging',
    'stagePlugin',
    async run => {
      await run.installing();
      await run.downloaded();
    },
  ],
  [
    'installing.verifying',
    'verifyPlugin',
    async run => {
      await run.installing();
      await run.downloaded();
      await run.staged();
    },
  ],
];
const committing: Reach = ['installing.committing', 'commitPlugin', run => run.committing()];

const cleanedPlans = ({ slots }: Installing) => slots.cleanPlugin.calls.map(({ input }) => input);

describe('a cancel', () => {
  it.each(looking)('C-03: in %s it ends at once: nothing has been begun', async (state, slot, reach) => {
    const run = beginInstalling();
    await reach(run);
    expect(statePath(run.state().value)).toBe(state);
    await run.cancel();
    expect(run.slots[slot].calls[0]?.signal.aborted).toBe(true);
    expect(run.begun()).not.toContain('cleanPlugin');
    expect(run.outcome()).toEqual({ kind: 'cancelled' });
  });

  it.each(making)('C-03, S-07: in %s it ends the effect and cleans up first', async (state, slot, reach) => {
    const run = beginInstalling();
    await reach(run);
    expect(statePath(run.state().value)).toBe(state);
    await run.cancel();
    expect(run.slots[slot].calls[0]?.signal.aborted).toBe(true);
    expect(run.at({ installing: 'cleaning' })).toBe(true);
    expect(cleanedPlans(run)).toEqual([plan]);
    expect(run.outcome()).toBeUndefined();
    await run.cancel();
    expect(cleanedPlans(run)).toHaveLength(1);
    await run.cleaned();
    expect(run.outcome()).toEqual({ kind: 'cancelled' });
  });

  it('C-03: a commit is finished, not interrupted, and what was done is told as done', async () => {
    const run = beginInstalling();
    await run.committing();
    await run.cancel();
    expect(run.slots.commitPlugin.calls[0]?.signal.aborted).toBe(false);
    await run.committed();
    expect(run.outcome()).toMatchObject({ kind: 'installed', version: '1.2.0' });
  });

  it('C-03, S-07: a commit that fails after a cancel is cleaned up, and told as failed', async () => {
    const run = beginInstalling();
    await run.committing();
    await run.cancel();
    run.slots.commitPlugin.reject(failure('DISK_FULL'));
    await breathe();
    await run.cleaned();
    expect(run.outcome()).toEqual({ kind: 'failed', failure: failure('DISK_FULL') });
  });
});

describe('a step that breaks', () => {
  it.each([...looking, ...making, committing])(
    'K-05, S-07: in %s it is told, and nothing is left',
    async (state, slot, reach) => {
      const run = beginInstalling();
      await reach(run);
      expect(statePath(run.state().value)).toBe(state);
      run.slots[slot].reject(failure('DISK_FULL'));
      await breathe();
      const cleans = state.startsWith('installing');
      expect(cleanedPlans(run)).toEqual(cleans ? [plan] : []);
      if (cleans) await run.cleaned();
      expect(run.outcome()).toEqual({ kind: 'failed', failure: failure('DISK_FULL') });
    },
  );

  it('S-07: a clean-up that fails hides neither the failure before it nor a cancel', async () => {
    const [failed, cancelled] = [beginInstalling(), beginInstalling()];
    await failed.installing();
    failed.slots.downloadPlugin.reject(failure('INTEGRITY_MISMATCH'));
    await cancelled.installing();
    await cancelled.cancel();
    for (const run of [failed, cancelled]) {
      await breathe();
      run.slots.cleanPlugin.reject(failure('DISK_DENIED'));
      await breathe();
    }
    expect(failed.outcome()).toEqual({ kind: 'failed', failure: failure('INTEGRITY_MISMATCH') });
    expect(cancelled.outcome()).toEqual({ kind: 'cancelled' });
  });

  it('K-05: whatever an effect rejects with becomes a failure in plain words', async () => {
    const run = beginInstalling();
    run.slots.resolvePlugin.reject(undefined);
    await breathe();
    expect(run.outcome()).toMatchObject({ kind: 'failed', failure: { code: 'INTERNAL' } });
  });
});

describe('what the outside asks for', () => {
  it('charts: it is busy until it has settled, and then has an outcome', async () => {
    const run = beginInstalling();
    const tags = () => ['busy', 'settled'].filter(tag => run.state().hasTag(tag as 'busy'));
    expect(tags()).toEqual(['busy']);
    await run.resolved();
    expect(tags()).toEqual(['busy']);
    await run.compared();
    expect(tags()).toEqual(['busy']);
    await run.cancel();
    expect(tags()).toEqual(['busy']);
    await run.cleaned();
    expect(tags()).toEqual(['settled']);
    expect(run.state().status).toBe('done');
  });
});
