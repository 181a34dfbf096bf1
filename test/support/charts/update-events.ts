import type { EventObject } from 'xstate';
import type { UpdateInput } from '#machines/update.js';
import { broke, done } from './exploration.ts';
import { answers, failure, gateClosed, matched, pinned, schedule } from './samples.ts';

export const updateInput: UpdateInput = { schedule: null };
const { available, adoptable, ...settledAtOnce } = answers();
const checked = [available, { ...available, refusal: pinned }, adoptable, ...Object.values(settledAtOnce)];
const faults = [failure('REGISTRY_UNREACHABLE'), failure('INTEGRITY_MISMATCH')];

/** What is worth exploring of each event of the update chart. */
const events: Readonly<Record<string, readonly EventObject[]>> = {
  'xstate.done.actor.checkRegistry': checked.map(answer => done('checkRegistry', answer)),
  'xstate.done.actor.adoptFolder': [done('adoptFolder', { tree: 'a' })],
  'xstate.done.actor.matchNatives': [done('matchNatives', matched), done('matchNatives', gateClosed)],
  'xstate.done.actor.verifyTree': [done('verifyTree', { tree: 'b' })],
  'xstate.done.actor.commitPointer': [
    done('commitPointer', { kind: 'committed', seq: 1, superseded: null }),
    done('commitPointer', { kind: 'overtaken', by: '1.3.0' }),
  ],
  'xstate.error.actor.checkRegistry': faults.map(fault => broke('checkRegistry', fault)),
  'xstate.error.actor.download': faults.map(fault => broke('download', fault)),
  'xstate.error.actor.commitPointer': [broke('commitPointer', failure('DISK_FULL'))],
  'update.check': [{ type: 'update.check', origin: 'host' } as EventObject],
  'update.stage': [{ type: 'update.stage', origin: 'schedule' } as EventObject],
  'update.defer': [{ type: 'update.defer', refusal: pinned } as EventObject],
  'update.schedule': [schedule, null].map(value => ({ type: 'update.schedule', schedule: value })),
};
export const updateOutcomes = (type: string): readonly EventObject[] | undefined => {
  if (events[type] !== undefined) return events[type];
  const broken = /^xstate\.error\.actor\.(.+)$/.exec(type)?.[1];
  return broken === undefined ? undefined : [broke(broken, failure('DISK_FULL'))];
};
