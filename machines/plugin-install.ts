import type { PluginComparison, PluginOutcome, PluginPlan, PluginRemoved } from './contract.ts';
import { installing } from './plugin-install/installing.ts';
import { outcomeOf, planOf, unresolved, wishOf } from './plugin-install/outcome.ts';
import { pluginInstallSetup } from './plugin-install/setup.ts';

export type {
  PluginInstallContext,
  PluginInstallEmitted,
  PluginInstallEvent,
  PluginInstallInput,
} from './plugin-install/vocabulary.ts';

const fault = ({ event }: { event: { error: unknown } }): unknown => event.error;
const plan = ({ event }: { event: { output: PluginPlan } }): PluginPlan => event.output;
const comparison = ({ event }: { event: { output: PluginComparison } }): PluginComparison => event.output;
const removal = ({ event }: { event: { output: PluginRemoved } }): PluginRemoved => event.output;

/** A plugin under the lock of the runtime: as a whole with the runtime's own copies, or not at all (K-05). */
export const pluginInstallMachine = pluginInstallSetup.createMachine({
  id: 'plugin-install',
  description: 'Installs a plugin that can live with what the runtime has, or removes one.',
  options: { maxIterations: 100 },
  context: ({ input }) => ({
    ...input,
    plan: unresolved(input.wish),
    shared: [],
    conflicts: [],
    tree: '',
    stripped: [],
    former: null,
    fault: null,
  }),
  output: ({ event }) => event.output as PluginOutcome,
  initial: 'asked',
  states: {
    asked: {
      description: 'What is wanted of the plugin?',
      always: [{ guard: 'isRemoval', target: 'removing' }, { target: 'probing' }],
    },
    probing: {
      description: 'May it come, and with what? Nothing is changed.',
      tags: ['busy'],
      initial: 'resolving',
      on: { 'plugin.cancel': { target: 'cancelled', description: 'nothing has been begun' } },
      states: {
        resolving: {
          description:
            'Finds the version and all that it brings, the packages of the runtime being there already. Without a lock nothing is installed (K-07).',
          invoke: {
            id: 'resolvePlugin',
            src: 'resolvePlugin',
            input: wishOf,
            onDone: { target: 'comparing', actions: { type: 'recordPlan', params: plan } },
            onError: { target: '#plugin-install.failed', actions: { type: 'recordFault', params: fault } },
          },
        },
        comparing: {
          description: 'Does the runtime have what it asks for, in a version that will do?',
          invoke: {
            id: 'comparePlugin',
            src: 'comparePlugin',
            input: planOf,
            onDone: [
              {
                guard: { type: 'hasConflicts', params: comparison },
                target: '#plugin-install.refused',
                actions: { type: 'recordComparison', params: comparison },
                description: 'one demand that is not met is enough',
              },
              {
                guard: 'isPresent',
                target: '#plugin-install.present',
                actions: { type: 'recordComparison', params: comparison },
              },
              {
                target: '#plugin-install.installing',
                actions: { type: 'recordComparison', params: comparison },
              },
            ],
            onError: { target: '#plugin-install.failed', actions: { type: 'recordFault', params: fault } },
          },
        },
      },
    },
    installing,
    removing: {
      description: 'Takes the pointer away, then the trees.',
      tags: ['busy', 'visible'],
      on: { 'plugin.cancel': { description: 'one act, like a commit: it is finished, not interrupted' } },
      invoke: {
        id: 'removePlugin',
        src: 'removePlugin',
        input: wishOf,
        onDone: [
          {
            guard: { type: 'wasThere', params: removal },
            target: 'removed',
            actions: { type: 'recordFormer', params: ({ event }) => event.output.removed },
          },
          { target: 'absent' },
        ],
        onError: { target: 'failed', actions: { type: 'recordFault', params: fault } },
      },
    },
    installed: {
      description: 'It is there, whole, from now on; the next start of the runtime finds it.',
      type: 'final',
      tags: ['settled', 'visible'],
      entry: { type: 'tellSettled', params: 'installed' },
      output: ({ context }) => outcomeOf('installed', context),
    },
    present: {
      description: 'The very same was there already, and may stay.',
      type: 'final',
      tags: ['settled'],
      entry: { type: 'tellSettled', params: 'present' },
      output: ({ context }) => outcomeOf('present', context),
    },
    refused: {
      description:
        'It asks for what the runtime does not have or what may not be fetched, or can not be beside another plugin. Each conflict is told, with both versions and who asks.',
      type: 'final',
      tags: ['settled', 'visible'],
      entry: ['tellRefused', { type: 'tellSettled', params: 'refused' }],
      output: ({ context }) => outcomeOf('refused', context),
    },
    removed: {
      description: 'It is gone; a runtime that is running keeps what it has loaded.',
      type: 'final',
      tags: ['settled', 'visible'],
      entry: { type: 'tellSettled', params: 'removed' },
      output: ({ context }) => outcomeOf('removed', context),
    },
    absent: {
      description: 'Nothing by that name was installed.',
      type: 'final',
      tags: ['settled'],
      entry: { type: 'tellSettled', params: 'absent' },
      output: ({ context }) => outcomeOf('absent', context),
    },
    failed: {
      description: 'The plugins are as they were before.',
      type: 'final',
      tags: ['settled', 'visible'],
      entry: { type: 'tellSettled', params: 'failed' },
      output: ({ context }) => outcomeOf('failed', context),
    },
    cancelled: {
      description: 'Given up in time: the plugins are as they were before.',
      type: 'final',
      tags: ['settled'],
      entry: { type: 'tellSettled', params: 'cancelled' },
      output: ({ context }) => outcomeOf('cancelled', context),
    },
  },
});
