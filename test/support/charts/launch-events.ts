import type { AnyMachineSnapshot, EventObject } from 'xstate';
import type { Candidate } from '#machines/contract.js';
import { defaultLaunchInput, type LaunchContext, type LaunchInput } from '#machines/launch.js';
import { broke, done } from './exploration.ts';
import { bundled, exit, failure, gateClosed, matched, override, previous } from './samples.ts';

/** The second death counts here: one round less, the same edges. */
export const launchInput: LaunchInput = { ...defaultLaunchInput, crashLimit: 2 };

const ends = [exit(), exit({ code: 0 }), exit({ code: null, signal: 'SIGKILL', external: true })];

const resolutions = ({ failed }: LaunchContext): EventObject[] => {
  const left = [override, previous, bundled].filter(({ version }) => !failed.includes(version));
  const offers = failed.length === 0 ? [left, []] : [left];
  return offers.map(candidates => done('resolveCandidates', { candidates, refusals: [] }));
};
const attemptOf = (candidate: Candidate | null): EventObject =>
  done('openAttempt', { id: `attempt-${candidate?.version}`, candidate });

/** What is worth exploring of each event of the launch chart. */
export const launchOutcomes = (
  type: string,
  { context }: AnyMachineSnapshot,
): readonly EventObject[] | undefined => {
  switch (type) {
    case 'xstate.done.actor.resolveCandidates':
      return resolutions(context as LaunchContext);
    case 'xstate.error.actor.checkTree':
      return [broke('checkTree', failure('TREE_DAMAGED')), broke('checkTree', failure('DISK_DENIED'))];
    case 'xstate.done.actor.matchNatives':
      return [done('matchNatives', matched), done('matchNatives', gateClosed)];
    case 'xstate.done.actor.openAttempt':
      return [attemptOf(context.candidate)];
    case 'xstate.done.actor.probe':
      return [
        done('probe', { kind: 'ready', afterMs: 5 }),
        done('probe', { kind: 'timedOut', deadlineMs: 30_000 }),
        done('probe', { kind: 'inconclusive', reason: 'suspend' }),
      ];
    case 'xstate.done.actor.recordReady':
      return [true, false].map(trusted => done('recordReady', { healthyLaunches: trusted ? 3 : 1, trusted }));
    case 'xstate.done.actor.settleVerdicts':
      return [done('settleVerdicts', { rolledBack: [] })];
    case 'runtime.spawned':
      return [{ type, pid: 1 } as EventObject];
    case 'runtime.refused':
      return [{ type, failure: failure('PORT_TAKEN') } as EventObject];
    case 'runtime.exited':
      return ends.map(end => ({ type, exit: end }));
    default: {
      const broken = /^xstate\.error\.actor\.(.+)$/.exec(type)?.[1];
      return broken === undefined ? undefined : [broke(broken, failure('DISK_FULL'))];
    }
  }
};
