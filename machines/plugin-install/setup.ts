import { assign, emit, setup } from 'xstate';
import type {
  PluginCommit,
  PluginCommitted,
  PluginComparison,
  PluginConflict,
  PluginDraft,
  PluginOutcome,
  PluginPlan,
  PluginRemoved,
  PluginStaged,
  PluginVerified,
  PluginWish,
} from '../contract.ts';
import { failureOf } from '../failure.ts';
import { slot } from '../slot.ts';
import { outcomeOf } from './outcome.ts';
import type {
  PluginInstallContext,
  PluginInstallEmitted,
  PluginInstallEvent,
  PluginInstallInput,
} from './vocabulary.ts';

/** Types, slots, guards and actions of the chart of plugins. */
export const pluginInstallSetup = setup({
  types: {
    input: {} as PluginInstallInput,
    context: {} as PluginInstallContext,
    events: {} as PluginInstallEvent,
    emitted: {} as PluginInstallEmitted,
    output: {} as PluginOutcome,
    tags: {} as 'busy' | 'settled' | 'visible',
    children: {} as {
      resolvePlugin: 'resolvePlugin';
      comparePlugin: 'comparePlugin';
      downloadPlugin: 'downloadPlugin';
      stagePlugin: 'stagePlugin';
      verifyPlugin: 'verifyPlugin';
      commitPlugin: 'commitPlugin';
      removePlugin: 'removePlugin';
      cleanPlugin: 'cleanPlugin';
    },
  },
  actors: {
    resolvePlugin: slot<PluginPlan, PluginWish>('resolvePlugin'),
    comparePlugin: slot<PluginComparison, PluginPlan>('comparePlugin'),
    downloadPlugin: slot<void, PluginDraft>('downloadPlugin'),
    stagePlugin: slot<PluginStaged, PluginDraft>('stagePlugin'),
    verifyPlugin: slot<PluginVerified, PluginDraft>('verifyPlugin'),
    commitPlugin: slot<PluginCommitted, PluginCommit>('commitPlugin'),
    removePlugin: slot<PluginRemoved, PluginWish>('removePlugin'),
    cleanPlugin: slot<void, PluginPlan>('cleanPlugin'),
  },
  guards: {
    isRemoval: ({ context }) => context.task === 'remove',
    hasConflicts: (_, { conflicts }: PluginStaged) => conflicts.length > 0,
    isPresent: ({ context }) => context.plan.present,
    wasThere: (_, { removed }: PluginRemoved) => removed !== null,
    isRefused: ({ context }) => context.conflicts.length > 0,
    hasFailed: ({ context }) => context.fault !== null,
  },
  actions: {
    recordPlan: assign({ plan: (_, plan: PluginPlan) => plan }),
    recordComparison: assign({
      shared: (_, { shared }: PluginComparison) => shared,
      conflicts: (_, { conflicts }: PluginComparison) => conflicts,
    }),
    recordRefusal: assign({ conflicts: (_, conflicts: readonly PluginConflict[]) => conflicts }),
    recordVerified: assign({
      tree: (_, { tree }: PluginVerified) => tree,
      stripped: (_, { stripped }: PluginVerified) => stripped,
    }),
    recordFormer: assign({ former: (_, former: string | null) => former }),
    recordFault: assign({ fault: (_, error: unknown) => failureOf(error) }),
    tellInstalling: emit(({ context: { wish, plan, shared } }) => ({
      type: 'plugin.installing' as const,
      wish,
      version: plan.version,
      packages: plan.packages.length,
      shared,
    })),
    tellRefused: emit(({ context: { wish, plan, conflicts } }) => ({
      type: 'plugin.refused' as const,
      wish,
      version: plan.version,
      conflicts,
    })),
    tellSettled: emit(({ context }, kind: PluginOutcome['kind']) => ({
      type: 'plugin.settled' as const,
      wish: context.wish,
      outcome: outcomeOf(kind, context),
    })),
  },
});
