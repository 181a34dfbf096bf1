import { runtime } from './supervisor/runtime.ts';
import { fault, supervisorSetup } from './supervisor/setup.ts';
import { updates } from './supervisor/updates.ts';
import type { StoreChange } from './supervisor/vocabulary.ts';

export type {
  StoreChange,
  StoreOrder,
  StoreResult,
  SupervisorContext,
  SupervisorEmitted,
  SupervisorEvent,
  SupervisorInput,
} from './supervisor/vocabulary.ts';

const change = ({ event }: { event: { output: StoreChange } }): StoreChange => event.output;

/** Launch, update and the user's orders side by side; whose turn it is follows from the health of the runtime. */
export const supervisorMachine = supervisorSetup.createMachine({
  id: 'supervisor',
  description:
    'Launches at once, checks on a schedule, applies what is staged when nothing is interrupted by it.',
  context: ({ input }) => ({ ...input, leases: [], order: null, staged: null, lost: null }),
  type: 'parallel',
  options: { maxIterations: 100 },
  on: {
    'lease.taken': { actions: 'addLease', description: 'running work that a restart must wait for' },
    'lease.ended': { actions: 'dropLease' },
    'supervisor.check': { actions: 'checkNow', description: 'asks; joins a check in flight' },
    'supervisor.update': { actions: 'updateNow', description: 'asks and stages; joins one in flight' },
    'supervisor.cancel': { actions: 'cancelUpdate' },
  },
  states: {
    runtime,
    updates,
    orders: {
      description: 'What the user orders: roll back, pin, unpin. One at a time.',
      initial: 'none',
      states: {
        none: {
          description: 'No order in work.',
          on: { 'supervisor.order': { target: 'changingStore', actions: 'recordOrder' } },
        },
        changingStore: {
          description: 'Carries the order out on disk.',
          tags: ['busy'],
          invoke: {
            id: 'changeStore',
            src: 'changeStore',
            input: ({ context }) => context.order ?? { kind: 'unpin' },
            onDone: [
              {
                guard: { type: 'mustLeave', params: change },
                target: 'none',
                actions: [{ type: 'tellOrdered', params: change }, 'askToLeave'],
                description: 'the running version is to be left',
              },
              { target: 'none', actions: { type: 'tellOrdered', params: change } },
            ],
            onError: {
              target: 'none',
              actions: { type: 'tellOrderFailed', params: fault },
            },
          },
        },
      },
    },
  },
});
