import type { SupervisorContext } from '../../../../machines/supervisor/vocabulary.ts';
import { broken, brokenByDisk, done, exit, failure, type Sample, sample } from './sample.ts';

/** Raised by the chart itself: never sent to it. */
const raised: ReadonlySet<string> = new Set([
  'runtime.proven',
  'runtime.unproven',
  'runtime.lost',
  'launch.over',
  'update.landed',
]);

/** A child's snapshot as far as the supervisor looks at it. */
const seen = (child: 'launch' | 'update', key: string, says: string, sight: SightOfChild): Sample => {
  const { healthy = false, staged = null } = sight;
  const result = staged === null ? null : { kind: 'staged', version: staged };
  const snapshot = { hasTag: (tag: string) => healthy && tag === 'healthy', context: { result } };
  return sample(key, says, { type: `xstate.snapshot.${child}`, snapshot });
};
type SightOfChild = { readonly healthy?: boolean; readonly staged?: string };

const ordered = (key: string, says: string, order: unknown): Sample =>
  sample(key, says, { type: 'supervisor.order', order });

const restart = (key: string, says: string, consent: boolean): Sample =>
  sample(key, says, { type: 'supervisor.restart', consent });

const defect = failure('INTERNAL', 'a defect of ours');

const samples: Readonly<Record<string, readonly Sample[]>> = {
  'supervisor.restart': [
    restart('when-idle', 'as soon as no work is running', false),
    restart('now', 'now: the user consents', true),
  ],
  'supervisor.order': [
    ordered('rollback', 'roll back', { kind: 'rollback', version: undefined }),
    ordered('pin', 'pin 1.0.0', { kind: 'pin', version: '1.0.0' }),
    ordered('unpin', 'unpin', { kind: 'unpin' }),
  ],
  'xstate.snapshot.launch': [
    seen('launch', 'healthy', 'the runtime is healthy', { healthy: true }),
    seen('launch', 'unproven', 'the runtime is not proven', {}),
  ],
  'xstate.snapshot.update': [
    seen('update', 'staged', '1.1.0 is staged', { staged: '1.1.0' }),
    seen('update', 'nothing', 'nothing is staged', {}),
  ],
  'xstate.done.actor.launch': [
    done('launch', 'exhausted', 'nothing starts', {
      kind: 'exhausted',
      failure: failure('LAUNCH_TIMED_OUT', '1.0.0 was not ready in time'),
      exit: null,
    }),
    done('launch', 'ended', 'the runtime ended by intention', { kind: 'ended', exit: exit({ code: 0 }) }),
    done('launch', 'stopped', 'the host stopped it', { kind: 'stopped' }),
  ],
  'xstate.error.actor.launch': [broken('launch', 'a defect of ours', defect)],
  'xstate.error.actor.update': [broken('update', 'a defect of ours', defect)],
  'xstate.done.actor.changeStore': [
    done('changeStore', 'leave', 'rolled back: the running version is to be left', {
      result: { outcome: 'rolled-back', from: '1.1.0', to: '1.0.0' },
      leave: true,
    }),
    done('changeStore', 'stay', 'there was nothing to roll back', {
      result: { outcome: 'nothing-to-roll-back' },
      leave: false,
    }),
  ],
  'xstate.error.actor.changeStore': [
    broken('changeStore', 'no such version', failure('VERSION_UNKNOWN', '9.9.9 is not staged')),
  ],
};

const lease = (type: string, id: string): Sample => sample(id, id, { type, id, name: id });

/** What the children of the supervisor might come to, and what its host might say. */
export const supervisorSamples = (type: string, context: unknown): readonly Sample[] | undefined => {
  if (raised.has(type)) return [];
  const { leases } = context as SupervisorContext;
  if (type === 'lease.taken')
    return ['a download', 'a task']
      .filter(name => leases.every(({ id }) => id !== name.replace('a ', '')))
      .map(name => lease(type, name.replace('a ', '')));
  if (type === 'lease.ended') return leases.map(({ id }) => lease(type, id));
  return Object.hasOwn(samples, type) ? samples[type] : brokenByDisk(type);
};
