import type { PluginCommitted, PluginStaged, PluginVerified } from '../contract.ts';
import { commitOf, draftOf, planOf } from './outcome.ts';
import { pluginInstallSetup } from './setup.ts';

const staged = ({ event }: { event: { output: PluginStaged } }): PluginStaged => event.output;
const fault = ({ event }: { event: { error: unknown } }): unknown => event.error;

/** What every step does with a fault: record it, and remove what was begun. */
const abandon = { target: 'cleaning', actions: { type: 'recordFault', params: fault } } as const;

export const installing = pluginInstallSetup.createStateConfig({
  description: 'Makes the tree of the plugin in a scratch folder of its own. No script of a package runs.',
  tags: ['busy', 'visible'],
  initial: 'downloading',
  entry: 'tellInstalling',
  on: {
    'plugin.cancel': { target: '.cleaning', description: 'everything before the commit can be abandoned' },
  },
  states: {
    downloading: {
      description: 'The archives of all that comes with it, held against their hashes (P-17).',
      invoke: {
        id: 'downloadPlugin',
        src: 'downloadPlugin',
        input: draftOf,
        onDone: { target: 'staging' },
        onError: abandon,
      },
    },
    staging: {
      description: 'Unpacks them; a copy of something that belongs to the runtime is left out (K-06).',
      invoke: {
        id: 'stagePlugin',
        src: 'stagePlugin',
        input: draftOf,
        onDone: [
          {
            guard: { type: 'hasConflicts', params: staged },
            target: 'cleaning',
            actions: {
              type: 'recordRefusal',
              params: ({ event }: { event: { output: PluginStaged } }) => event.output.conflicts,
            },
            description:
              'an archive asks for what the registry did not announce, and the runtime does not have it',
          },
          { target: 'verifying' },
        ],
        onError: abandon,
      },
    },
    verifying: {
      description: 'Holds the tree against what was unpacked (P-08), flushes it, writes its list last.',
      invoke: {
        id: 'verifyPlugin',
        src: 'verifyPlugin',
        input: draftOf,
        onDone: {
          target: 'committing',
          actions: {
            type: 'recordVerified',
            params: ({ event }: { event: { output: PluginVerified } }) => event.output,
          },
        },
        onError: abandon,
      },
    },
    committing: {
      description: 'Rename, then the pointer: the one act that counts.',
      on: { 'plugin.cancel': { description: 'too late: a commit is finished, not interrupted' } },
      invoke: {
        id: 'commitPlugin',
        src: 'commitPlugin',
        input: commitOf,
        onDone: {
          target: '#plugin-install.installed',
          actions: {
            type: 'recordFormer',
            params: ({ event }: { event: { output: PluginCommitted } }) => event.output.replaced,
          },
        },
        onError: abandon,
      },
    },
    cleaning: {
      description: 'Waits until the abandoned step has really ended, then removes its scratch folder.',
      on: { 'plugin.cancel': { description: 'already on the way' } },
      invoke: {
        id: 'cleanPlugin',
        src: 'cleanPlugin',
        input: planOf,
        onDone: [
          { guard: 'hasFailed', target: '#plugin-install.failed' },
          { guard: 'isRefused', target: '#plugin-install.refused' },
          { target: '#plugin-install.cancelled' },
        ],
        onError: [
          {
            guard: 'hasFailed',
            target: '#plugin-install.failed',
            description: 'what is left is swept by the next one; what went wrong first is what is told',
          },
          {
            guard: 'isRefused',
            target: '#plugin-install.refused',
            description: 'what is left is swept by the next one',
          },
          {
            target: '#plugin-install.cancelled',
            description: 'what is left is swept by the next one',
          },
        ],
      },
    },
  },
});
