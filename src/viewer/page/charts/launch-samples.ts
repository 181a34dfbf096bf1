import type { Candidate } from '../../../../machines/contract.ts';
import type { LaunchContext } from '../../../../machines/launch/vocabulary.ts';
import { matchSamples } from './natives-samples.ts';
import { broken, brokenByDisk, chain, done, exit, failure, type Sample, sample } from './sample.ts';

const withRoles = (candidates: readonly Candidate[]): string =>
  candidates.map(({ version, role }) => `${version} (${role})`).join(', ');

const resolved = (key: string, says: string, candidates: readonly Candidate[]): Sample =>
  done('resolveCandidates', key, says, { candidates, refusals: [] });

const resolutions = ({ failed }: LaunchContext): readonly Sample[] => {
  const left = chain.filter(({ version }) => !failed.includes(version));
  const bundled = left.slice(-1);
  return [
    ...(left.length > 1 ? [resolved('chain', `to be tried: ${withRoles(left)}`, left)] : []),
    ...(bundled.length > 0 ? [resolved('bundled', `only ${withRoles(bundled)}`, bundled)] : []),
    resolved('nothing', 'there is nothing to launch', []),
  ];
};

const attempt = ({ candidate }: LaunchContext): readonly Sample[] => [
  done('openAttempt', 'written', 'the attempt is written down', {
    id: `attempt-${candidate?.version ?? ''}`,
    candidate,
  }),
];

const settled = ({ judgements }: LaunchContext): readonly Sample[] => {
  const bad = judgements.filter(({ verdict }) => verdict.mark === 'bad');
  const rolledBack = bad.map(({ suspect, verdict }) => ({
    version: suspect.candidate.version,
    reason: verdict.reason,
  }));
  const versions = rolledBack.map(({ version }) => version).join(', ');
  const says = versions === '' ? 'written; no version is bad' : `written; ${versions} is bad from now on`;
  return [done('settleVerdicts', 'written', says, { rolledBack })];
};

const ended = (key: string, says: string, facts: Parameters<typeof exit>[0]): Sample =>
  sample(key, says, { type: 'runtime.exited', exit: exit(facts) });

const refused = (code: 'PORT_TAKEN' | 'SPAWN_FAILED', key: string, says: string): Sample =>
  sample(key, says, { type: 'runtime.refused', failure: failure(code, says) });

const hour = 3_600_000;

const samples: Readonly<Record<string, readonly Sample[]>> = {
  'xstate.error.actor.checkTree': [
    broken('checkTree', 'a file is not what it was', failure('TREE_DAMAGED', 'the entry has other bytes')),
    broken('checkTree', 'it can’t be read', failure('DISK_DENIED', 'the folder can’t be read')),
  ],
  'xstate.done.actor.matchNatives': matchSamples,
  'xstate.done.actor.probe': [
    done('probe', 'ready', 'it is ready', { kind: 'ready', afterMs: 500 }),
    done('probe', 'timed-out', 'it is not ready in time', { kind: 'timedOut', deadlineMs: 30_000 }),
    done('probe', 'inconclusive', 'the machine slept meanwhile', { kind: 'inconclusive', reason: 'suspend' }),
  ],
  'xstate.done.actor.recordReady': [
    done('recordReady', 'first', 'its first healthy launch', { healthyLaunches: 1, trusted: false }),
    done('recordReady', 'trusted', 'trusted since earlier launches', { healthyLaunches: 3, trusted: true }),
  ],
  'runtime.spawned': [sample('pid', '', { type: 'runtime.spawned', pid: 4242 })],
  'runtime.refused': [
    refused('PORT_TAKEN', 'port-taken', 'another program has its port'),
    refused('SPAWN_FAILED', 'spawn-failed', 'it can’t be spawned'),
  ],
  'runtime.exited': [
    ended('dies', 'by itself, with code 1 after a second', {}),
    ended('by-intention', 'by intention, with code 0', { code: 0, tail: '' }),
    ended('killed', 'killed from outside', { code: null, signal: 'SIGKILL', external: true, tail: '' }),
    ended('disk-full', 'because the disk is full', { environment: 'ENOSPC' }),
    ended('after-an-hour', 'with code 1 after an hour', { uptimeMs: hour }),
  ],
};

/** What the effects of the launch chart might come to, and what its child might do. */
export const launchSamples = (type: string, context: unknown): readonly Sample[] | undefined => {
  const known = context as LaunchContext;
  if (type === 'xstate.done.actor.resolveCandidates') return resolutions(known);
  if (type === 'xstate.done.actor.openAttempt') return attempt(known);
  if (type === 'xstate.done.actor.settleVerdicts') return settled(known);
  return Object.hasOwn(samples, type) ? samples[type] : brokenByDisk(type);
};
