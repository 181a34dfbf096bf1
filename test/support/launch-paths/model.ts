import type { AnyMachineSnapshot, EventObject } from 'xstate';
import type { Candidate, Exit, Judgement, Observation } from '#machines/contract.js';
import { defaultLaunchInput, type LaunchContext, type LaunchInput } from '#machines/launch.js';
import { broke, done, type Exploration } from '../charts/exploration.ts';
import { bundled, exit, failure, gateClosed, matched, override, previous } from '../charts/samples.ts';
import { isFull } from '../proof/run.ts';

/** The second death counts here: one round less, the same edges. */
export const input: LaunchInput = { ...defaultLaunchInput, crashLimit: 2 };

/** An event of the chart with the word for what happens in the world when it comes. */
export type Worded = EventObject & { readonly word: string };
const say = (word: string, event: EventObject): Worded => ({ ...event, word });

const contextOf = ({ context }: AnyMachineSnapshot): LaunchContext => context as LaunchContext;

const left = ({ failed }: LaunchContext): readonly Candidate[] =>
  [override, previous, bundled].filter(({ version }) => !failed.includes(version));

const resolutions = (context: LaunchContext): Worded[] => {
  const resolved = (word: string, candidates: readonly Candidate[]): Worded =>
    say(word, done('resolveCandidates', { candidates, refusals: [] }));
  const none = context.failed.length === 0 ? [resolved('resolved to nothing', [])] : [];
  return [resolved('resolved', left(context)), ...none];
};

const exited = (word: string, facts: Partial<Exit>): Worded =>
  say(word, { type: 'runtime.exited', exit: exit(facts) } as EventObject);

const killed: Partial<Exit> = { code: null, signal: 'SIGKILL', external: true };

const deaths = [
  exited('died', { code: 1 }),
  exited('ended', { code: 0 }),
  exited('was killed', killed),
  exited('found the disk full', { code: 1, environment: 'ENOSPC' }),
];

const exits = (state: AnyMachineSnapshot): Worded[] => {
  if (state.matches({ alive: 'spawning' })) return [exited('exit without a spawn', killed)];
  const ordered = ['ending', 'applying', 'stopping'].some(name => state.matches({ alive: name }));
  return ordered ? [exited('ended as ordered', { code: 0 })] : deaths;
};

const refusals = (state: AnyMachineSnapshot): Worded[] => {
  if (contextOf(state).pid !== null) return [];
  const refused = (word: string, code: 'PORT_TAKEN' | 'SPAWN_FAILED'): Worded =>
    say(word, { type: 'runtime.refused', failure: failure(code) } as EventObject);
  const spawning = state.matches({ alive: 'spawning' });
  return [
    refused('no executable', 'SPAWN_FAILED'),
    ...(spawning ? [refused('port taken', 'PORT_TAKEN')] : []),
  ];
};

/** What a launch has remembered of a version decides: the previous good one is trusted, the bundled one never matters. */
const remembered = ({ candidate }: LaunchContext): Worded[] => {
  const counted = (word: string, trusted: boolean): Worded =>
    say(word, done('recordReady', { healthyLaunches: trusted ? 3 : 1, trusted }));
  if (candidate?.role === 'bundled') return [counted('counted', false)];
  const third = counted('counted as trusted', true);
  return candidate?.role === 'previous' ? [third] : [counted('counted', false), third];
};

export const writesMarks = (judgements: readonly Judgement[]): boolean =>
  judgements.some(({ suspect, verdict }) => verdict.mark !== 'none' && suspect.candidate.role !== 'bundled');

const unsettled = ({ judgements }: LaunchContext): Worded =>
  say(
    writesMarks(judgements) ? 'mark not written' : 'settling breaks',
    broke('settleVerdicts', failure('DISK_DENIED')),
  );

/** A timer rings once for each time that its state is entered. */
const hasRungAlready = (state: AnyMachineSnapshot): boolean =>
  !contextOf(state).trusted &&
  ['trusting', 'trusted'].some(name => state.matches({ alive: { healthy: { running: name } } }));

const outcomes: Exploration['outcomes'] = (type, state) => {
  const context = contextOf(state);
  switch (type) {
    case 'xstate.done.actor.recoverStore':
      return [say('recovered', done('recoverStore'))];
    case 'xstate.error.actor.recoverStore':
      return [say('recovery denied', broke('recoverStore', failure('DISK_DENIED')))];
    case 'xstate.done.actor.resolveCandidates':
      return resolutions(context);
    case 'xstate.error.actor.resolveCandidates':
      return [say('nothing there', broke('resolveCandidates', failure('BUNDLED_INVALID')))];
    case 'xstate.done.actor.checkTree':
      return [say('intact', done('checkTree'))];
    case 'xstate.error.actor.checkTree':
      return [
        say('damaged', broke('checkTree', failure('TREE_DAMAGED'))),
        ...(context.candidate?.role === 'bundled'
          ? []
          : [say('check impossible', broke('checkTree', failure('STORE_UNREADABLE')))]),
      ];
    case 'xstate.done.actor.matchNatives':
      return [
        say('natives fit', done('matchNatives', matched)),
        say('natives fit nowhere', done('matchNatives', gateClosed)),
      ];
    case 'xstate.error.actor.matchNatives':
      return [say('matching breaks', broke('matchNatives', failure('INTERNAL')))];
    case 'xstate.done.actor.quarantineTree':
      return [say('set aside', done('quarantineTree'))];
    case 'xstate.error.actor.quarantineTree':
      return context.candidate?.role === 'bundled'
        ? []
        : [say('not set aside', broke('quarantineTree', failure('DISK_DENIED')))];
    case 'xstate.done.actor.openAttempt': {
      const opened = done('openAttempt', { id: 'attempt', candidate: context.candidate });
      return [say('recorded', opened), say('not recordable', opened)];
    }
    case 'xstate.error.actor.openAttempt':
      return [say('recording breaks', broke('openAttempt', failure('INTERNAL')))];
    case 'runtime.spawned':
      return [say('spawned', { type, pid: 1 } as EventObject)];
    case 'runtime.refused':
      return refusals(state);
    case 'runtime.exited':
      return exits(state);
    case 'xstate.error.actor.runtime':
      return [say('runtime breaks', broke('runtime', failure('INTERNAL')))];
    case 'xstate.done.actor.probe':
      return [
        say('ready', done('probe', { kind: 'ready', afterMs: 5 })),
        say('not ready in time', done('probe', { kind: 'timedOut', deadlineMs: 30_000 })),
        say('stopped meanwhile', done('probe', { kind: 'inconclusive', reason: 'suspend' })),
      ];
    case 'xstate.error.actor.probe':
      return [say('nothing to probe', broke('probe', failure('SPAWN_FAILED')))];
    case 'xstate.done.actor.recordReady':
      return remembered(context);
    case 'xstate.error.actor.recordReady':
      return [say('not counted', broke('recordReady', failure('STORE_UNREADABLE')))];
    case 'xstate.done.actor.settleVerdicts':
      return [say('settled', done('settleVerdicts', { rolledBack: [] }))];
    case 'xstate.error.actor.settleVerdicts':
      return [unsettled(context)];
    case 'xstate.done.actor.recordTrusted':
      return [say('trust written', done('recordTrusted'))];
    case 'xstate.error.actor.recordTrusted':
      return [say('trust not written', broke('recordTrusted', failure('STORE_UNREADABLE')))];
    case 'xstate.after.trustTime.launch.alive.healthy.running':
      return hasRungAlready(state) ? [] : [say('time', { type })];
    default:
      return [say(type.startsWith('xstate.after.') ? 'time' : type, { type })];
  }
};

const heavy: Partial<Record<Observation, number>> = { exitedEarly: 2, crashLoop: 2, timedOut: 1 };

/** The mark that the worst suspect would get if the control run passed; -1 where there is none. */
export const weight = (state: AnyMachineSnapshot): number =>
  Math.max(
    -1,
    ...contextOf(state).suspects.map(({ candidate, observation }) =>
      candidate.role === 'bundled' ? 0 : (heavy[observation] ?? 0),
    ),
  );

/** What effects depend on, so far as the chart knows it; a short run tells only the last candidate from the others. */
const project = (state: AnyMachineSnapshot): unknown => {
  const { candidate, queue, pid } = contextOf(state);
  return [state.value, weight(state), pid === null, isFull ? candidate?.role : queue.length === 0];
};

export const exploration: Exploration = { input, outcomes, project, limit: 100_000 };
