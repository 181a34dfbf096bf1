import type { AnyMachineSnapshot, EventObject } from 'xstate';
import type { PluginInstallContext, PluginInstallInput } from '#machines/plugin-install.js';
import { broke, done, type Exploration } from '../charts/exploration.ts';
import { pluginComparisons, pluginPlan, pluginStaged, pluginVerified } from '../charts/plugin-events.ts';
import { failure } from '../charts/samples.ts';

/** An event of the chart with the word for what happens in the world when it comes. */
export type Worded = EventObject & { readonly word: string };
const say = (word: string, event: EventObject): Worded => ({ ...event, word });

/** What the runtime has of that which the plugin asks for. */
export type Want = keyof typeof pluginComparisons;
const wants = Object.keys(pluginComparisons) as Want[];

/** Something is installed by this name before the path begins. */
export const isBefore = (words: readonly string[]): boolean =>
  words.some(word => ['present', 'over 1.1.0', 'removed', 'removePlugin fails'].includes(word));

const outcomes: Exploration['outcomes'] = type => {
  switch (type) {
    case 'xstate.done.actor.resolvePlugin':
      return [
        say('new', done('resolvePlugin', pluginPlan())),
        say('present', done('resolvePlugin', pluginPlan(true))),
      ];
    case 'xstate.done.actor.comparePlugin':
      return wants.map(want => say(want, done('comparePlugin', pluginComparisons[want])));
    case 'xstate.done.actor.stagePlugin':
      return [
        say('stagePlugin', done('stagePlugin', pluginStaged.fits)),
        say('hidden', done('stagePlugin', pluginStaged.conflicts)),
      ];
    case 'xstate.done.actor.verifyPlugin':
      return [say('verified', done('verifyPlugin', pluginVerified))];
    case 'xstate.done.actor.commitPlugin':
      return [
        say('over 1.1.0', done('commitPlugin', { replaced: '1.1.0' })),
        say('the first', done('commitPlugin', { replaced: null })),
      ];
    case 'xstate.done.actor.removePlugin':
      return [
        say('removed', done('removePlugin', { removed: '1.1.0' })),
        say('absent', done('removePlugin', { removed: null })),
      ];
    case 'plugin.cancel':
      return [say('cancel', { type })];
    default: {
      const broken = /^xstate\.error\.actor\.(.+)$/.exec(type)?.[1];
      if (broken !== undefined) return [say(`${broken} fails`, broke(broken, failure('DISK_FULL')))];
      const settled = /^xstate\.done\.actor\.(.+)$/.exec(type)?.[1];
      return settled === undefined ? undefined : [say(settled, done(settled))];
    }
  }
};

/** What real effects and the guards after them depend on, and what is told in the end. */
export const viewOf = ({ value, context }: AnyMachineSnapshot): readonly unknown[] => {
  const { plan, shared, conflicts, tree, former, fault } = context as PluginInstallContext;
  return [
    value,
    plan.version,
    plan.present,
    shared.map(({ name }) => name),
    conflicts.map(({ name }) => name),
    tree !== '',
    former,
    fault !== null,
  ];
};

export const explorationOf = (input: PluginInstallInput): Exploration => ({
  input,
  outcomes,
  project: viewOf,
  limit: 10_000,
});
