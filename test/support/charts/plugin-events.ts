import type { AnyMachineSnapshot, EventObject } from 'xstate';
import type {
  PluginComparison,
  PluginConflict,
  PluginDemand,
  PluginPlan,
  PluginStaged,
  PluginVerified,
  PluginWish,
} from '#machines/contract.js';
import type { PluginInstallContext, PluginInstallInput } from '#machines/plugin-install.js';
import { broke, done } from './exploration.ts';
import { failure } from './samples.ts';

export const wish: PluginWish = { ecosystem: 'npm', name: 'chart-plugin', spec: '^1.0.0' };

const demand: PluginDemand = {
  as: 'react',
  name: 'react',
  range: '^18.0.0',
  chain: ['chart-plugin@1.2.0', 'chart-parts@0.3.0'],
};

export const pluginPlan = (present = false): PluginPlan => ({
  wish,
  version: '1.2.0',
  packages: [
    {
      name: 'chart-plugin',
      version: '1.2.0',
      integrity: 'sha512-aa',
      place: 'node_modules/chart-plugin',
    },
  ],
  demands: [demand],
  scratch: 'scratch-1',
  present,
});

export const conflict: PluginConflict = { ...demand, reason: 'version', locked: '19.1.0' };

/** What the lock may say of the demands. */
export const pluginComparisons = {
  fits: { shared: [{ name: 'react', version: '18.3.1' }], conflicts: [] },
  asksForNothing: { shared: [], conflicts: [] },
  conflicts: { shared: [{ name: 'lodash', version: '4.17.21' }], conflicts: [conflict] },
} as const satisfies Readonly<Record<string, PluginComparison>>;

/** What a package in an archive asks for, and nobody has announced. */
export const hidden: PluginConflict = {
  ...{ as: 'd3', name: 'd3', range: '^6', reason: 'version', locked: '7.9.0' },
  chain: ['chart-plugin@1.2.0', 'chart-axes@0.1.0'],
};
export const pluginStaged = {
  fits: { conflicts: [] },
  conflicts: { conflicts: [hidden] },
} as const satisfies Readonly<Record<string, PluginStaged>>;

export const pluginVerified: PluginVerified = { tree: 'the-tree', stripped: ['react'] };

/** What is worth exploring of each event of the chart of plugins. */
export const pluginOutcomes = (
  type: string,
  _: Pick<AnyMachineSnapshot, 'context'>,
): readonly EventObject[] | undefined => {
  switch (type) {
    case 'xstate.done.actor.resolvePlugin':
      return [true, false].map(present => done('resolvePlugin', pluginPlan(present)));
    case 'xstate.done.actor.comparePlugin':
      return Object.values(pluginComparisons).map(one => done('comparePlugin', one));
    case 'xstate.done.actor.stagePlugin':
      return Object.values(pluginStaged).map(one => done('stagePlugin', one));
    case 'xstate.done.actor.verifyPlugin':
      return [done('verifyPlugin', pluginVerified)];
    case 'xstate.done.actor.commitPlugin':
      return ['1.1.0', null].map(replaced => done('commitPlugin', { replaced }));
    case 'xstate.done.actor.removePlugin':
      return ['1.1.0', null].map(removed => done('removePlugin', { removed }));
    default: {
      const broken = /^xstate\.error\.actor\.(.+)$/.exec(type)?.[1];
      return broken === undefined ? undefined : [broke(broken, failure('DISK_FULL'))];
    }
  }
};

export const pluginInputs: readonly PluginInstallInput[] = (['add', 'remove'] as const).map(task => ({
  task,
  wish,
}));

/** All that guards, effects and the outcome depend on. */
export const pluginEssence = ({ value, context }: AnyMachineSnapshot): unknown => {
  const { plan, shared, conflicts, tree, stripped, former, fault } = context as PluginInstallContext;
  return [value, plan.version, plan.present, shared, conflicts.length, tree, stripped, former, fault?.code];
};
