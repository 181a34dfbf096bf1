import type { EventObject } from 'xstate';
import type { BadMark, Candidate, Exit, Refusal } from '../../../../machines/contract.ts';
import { type Failure, type FailureCode, failureOf } from '../../../../machines/failure.ts';

/** An event that might come, made up so that each way through the guards can be taken. */
export type Sample = {
  /** For a link: lower case and hyphens; unique among the samples of an event type. */
  readonly key: string;
  /** What it stands for; empty where the event says it all. */
  readonly says: string;
  readonly event: EventObject;
};

/** The samples of an event type; undefined: the bare event will do. An empty list: never sent from outside. */
export type Samples = (type: string, context: unknown) => readonly Sample[] | undefined;

type AnyEvent = { readonly type: string; readonly [fact: string]: unknown };

export const sample = (key: string, says: string, event: AnyEvent): Sample => ({
  key,
  says,
  event,
});

export const done = (actorId: string, key: string, says: string, output: unknown): Sample => {
  return sample(key, says, { type: `xstate.done.actor.${actorId}`, output, actorId });
};

export const broken = (actorId: string, says: string, error: Failure): Sample => {
  const key = error.code.toLowerCase().replaceAll('_', '-');
  return sample(key, says, { type: `xstate.error.actor.${actorId}`, error, actorId });
};

export const failure = (code: FailureCode, message: string): Failure =>
  failureOf({ code, message, hint: 'This is a sample.' });

export const diskFull: Failure = failure('DISK_FULL', 'no space is left');

/** An effect that no module knows better fails by a full disk. */
export const brokenByDisk = (type: string): readonly Sample[] | undefined => {
  const actor = /^xstate\.error\.actor\.(.+)$/.exec(type)?.[1];
  return actor === undefined ? undefined : [broken(actor, 'the disk is full', diskFull)];
};

export const pinned: Refusal = { code: 'pinned', version: '1.0.0', message: '1.0.0 is pinned' };

export const mark: BadMark = {
  version: '1.1.0',
  integrity: null,
  platform: 'linux-x64',
  abi: '115',
  shellVersion: '1.0.0',
  cause: 'LAUNCH_EXITED_EARLY',
  reason: 'it ended before it was ready',
  strikes: 2,
  attempt: null,
  firstSeen: '2026-01-01T00:00:00.000Z',
  lastSeen: '2026-01-01T00:00:00.000Z',
};

const candidate = (role: Candidate['role'], version: string): Candidate => ({
  role,
  version,
  tree: role === 'bundled' ? null : `tree of ${version}`,
  firstStart: role === 'override',
});

/** What a store with a staged version, a known-good one and a bundle offers, in its order. */
export const chain: readonly Candidate[] = [
  candidate('override', '1.2.0'),
  candidate('previous', '1.1.0'),
  candidate('bundled', '1.0.0'),
];

export const exit = (facts: Partial<Exit>): Exit => ({
  code: 1,
  signal: null,
  external: false,
  uptimeMs: 1_000,
  environment: null,
  tail: 'Error: it does not start',
  ...facts,
});
