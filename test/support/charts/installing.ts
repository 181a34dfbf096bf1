import { onTestFinished } from 'vitest';
import { createActor } from 'xstate';
import type { PluginComparison, PluginStaged, PluginVerified } from '#machines/contract.js';
import {
  type PluginInstallEmitted,
  type PluginInstallInput,
  pluginInstallMachine,
} from '#machines/plugin-install.js';
import { pluginComparisons, pluginPlan, pluginStaged, pluginVerified, wish } from './plugin-events.ts';
import { breathe, pluginSlots, type Trace } from './slots.ts';

/** The chart of plugins on scripted effects; each verb brings it one step further. */
export const beginInstalling = (task: PluginInstallInput['task'] = 'add') => {
  const trace: Trace = [];
  const slots = pluginSlots(trace);
  const told: PluginInstallEmitted[] = [];
  const actor = createActor(pluginInstallMachine.provide({ actors: slots.actors }), {
    input: { task, wish },
  });
  actor.on('*', event => told.push(event));
  actor.start();
  onTestFinished(() => {
    actor.stop();
  });
  const heard = async (settle: () => void): Promise<void> => {
    settle();
    await breathe();
  };

  const run = {
    actor,
    slots,
    told,
    trace,
    state: () => actor.getSnapshot(),
    at: (path: Parameters<ReturnType<typeof actor.getSnapshot>['matches']>[0]) =>
      actor.getSnapshot().matches(path),
    outcome: () => actor.getSnapshot().output,
    /** The effects that have begun, in their order. */
    begun: () => trace.flatMap(sight => (sight.kind === 'begin' ? [sight.slot] : [])),
    cancel: () => heard(() => actor.send({ type: 'plugin.cancel' })),
    resolved: (plan = pluginPlan()) => heard(() => slots.resolvePlugin.resolve(plan)),
    compared: (comparison: PluginComparison = pluginComparisons.fits) =>
      heard(() => slots.comparePlugin.resolve(comparison)),
    downloaded: () => heard(() => slots.downloadPlugin.resolve()),
    staged: (staged: PluginStaged = pluginStaged.fits) => heard(() => slots.stagePlugin.resolve(staged)),
    verified: (verified: PluginVerified = pluginVerified) =>
      heard(() => slots.verifyPlugin.resolve(verified)),
    committed: (replaced: string | null = null) => heard(() => slots.commitPlugin.resolve({ replaced })),
    removed: (removed: string | null) => heard(() => slots.removePlugin.resolve({ removed })),
    cleaned: () => heard(() => slots.cleanPlugin.resolve()),
    /** From the beginning to where archives are downloaded. */
    installing: async () => {
      await run.resolved();
      await run.compared();
    },
    /** From the beginning to the commit in work. */
    committing: async () => {
      await run.installing();
      await run.downloaded();
      await run.staged();
      await run.verified();
    },
  };
  return run;
};

export type Installing = ReturnType<typeof beginInstalling>;
