import { randomUUID } from 'node:crypto';
import type {
  Attempt,
  Candidate,
  ReadyOutput,
  Resolution,
  ResolveInput,
  SettleInput,
  SettleOutput,
} from '../../machines/contract.ts';
import type { RuntimeInput } from '../../machines/launch.ts';
import { StagedoorError, toFailure } from '../failure.ts';
import { abiTag, describeExecutable } from '../process/executable.ts';
import { openAttempt, resolveAttempt } from '../store/attempts.ts';
import { readBadVersions } from '../store/bad-versions.ts';
import { recordReady, recordTrusted } from '../store/health.ts';
import type { Journal } from '../store/journal.ts';
import { clearPointer } from '../store/pointer.ts';
import { removeInvalidPointer } from '../store/pointer-upkeep.ts';
import { quarantine } from '../store/retention.ts';
import { checkTree } from '../store/tree-check.ts';
import { readTreeList } from '../store/tree-list.ts';
import { decide, type VerdictKey } from './candidates.ts';
import { recover } from './recovery.ts';
import { createRuntimes, placeOf, type RuntimeListener, type Runtimes } from './runtime.ts';
import { settle } from './settlement.ts';
import type { LaunchSetup } from './setup.ts';

/** What the launch chart asks for, as plain functions. */
export type LaunchEffects = {
  recover(): Promise<void>;
  resolve(input: ResolveInput): Promise<Resolution>;
  checkTree(candidate: Candidate): Promise<void>;
  quarantine(candidate: Candidate): Promise<void>;
  openAttempt(candidate: Candidate, signal: AbortSignal): Promise<Attempt>;
  recordReady(input: RuntimeInput): Promise<ReadyOutput>;
  recordTrusted(candidate: Candidate): Promise<void>;
  settle(input: SettleInput): Promise<SettleOutput>;
  readonly runtimes: Runtimes;
};

/** The key that verdicts are compared by. The executable is asked only where there is something to compare. */
export const verdictKey = async ({ exec, shellVersion }: LaunchSetup): Promise<VerdictKey> => {
  const facts = await describeExecutable(exec);
  return { abi: facts === null ? 'unknown' : abiTag(facts), shellVersion, now: new Date() };
};

const noKey: VerdictKey = { abi: '', shellVersion: '', now: new Date(0) };

const resolveCandidates = async (
  setup: LaunchSetup,
  { exclude }: ResolveInput,
  journal: Journal,
): Promise<Resolution> => {
  const marks = readBadVersions(setup.fs, setup.layout);
  const key = marks.length === 0 ? noKey : await verdictKey(setup);
  const { candidates, refusals, clear } = decide(setup, marks, key, exclude);
  journal.append({ event: 'launch.resolved', candidates, refusals });
  if (clear !== null) {
    try {
      if (clear.version === null) await removeInvalidPointer(setup.fs, setup.layout, setup.entry);
      else await clearPointer(setup.fs, setup.layout, clear.version);
    } catch (error) {
      // The pointer was refused in any case; the next resolve tries to remove it again (S-05).
      journal.append({ event: 'pointer.notCleared', failure: toFailure(error) });
    }
  }
  return { candidates, refusals };
};

const assertIntact = async (setup: LaunchSetup, candidate: Candidate): Promise<void> => {
  const place = placeOf(setup, candidate);
  // A pointer of the older shape names a folder that was staged without a list (S-03).
  if (!place.staged || (candidate.tree === null && readTreeList(setup.fs, place.dir) === null)) return;
  const check = await checkTree(setup.fs, place.dir, { expectedTree: candidate.tree, depth: 'launch' });
  if (!check.ok) {
    throw new StagedoorError(
      'TREE_DAMAGED',
      `${candidate.version} is damaged: ${check.path}: ${check.reason}`,
    );
  }
};

/** Deleting it is left to the collection after the start: the user waits for a running app. */
const quarantineVersion = async ({ fs, layout }: LaunchSetup, { version }: Candidate): Promise<void> => {
  await clearPointer(fs, layout, version);
  quarantine(fs, layout, version);
};

const beginAttempt = async (
  { fs, layout }: LaunchSetup,
  candidate: Candidate,
  signal: AbortSignal,
  journal: Journal,
): Promise<Attempt> => {
  const { version, role, tree } = candidate;
  try {
    const { id } = await openAttempt(fs, layout, { version, role, tree });
    // Stopped between record and spawn: nothing was tried, and no later boot may count it.
    if (signal.aborted) await resolveAttempt(fs, layout, id, 'stopped');
    return { id, candidate };
  } catch (error) {
    journal.append({ event: 'attempt.notRecorded', failure: toFailure(error) });
    return { id: `unrecorded-${randomUUID()}`, candidate };
  }
};

/** The effects of one shell on one store. */
export const createLaunchEffects = (
  setup: LaunchSetup,
  journal: Journal,
  listener: RuntimeListener = {},
): LaunchEffects => {
  const { fs, layout } = setup;
  return {
    runtimes: createRuntimes(setup, {
      ...listener,
      unwritten: failure => journal.append({ event: 'evidence.notWritten', failure }),
    }),
    recover: () => recover(setup, () => verdictKey(setup)),
    resolve: input => resolveCandidates(setup, input, journal),
    checkTree: candidate => assertIntact(setup, candidate),
    quarantine: candidate => quarantineVersion(setup, candidate),
    openAttempt: (candidate, signal) => beginAttempt(setup, candidate, signal, journal),
    recordReady: async ({ candidate, attempt }) => {
      await resolveAttempt(fs, layout, attempt.id, 'ready');
      return recordReady(fs, layout, { version: candidate.version, tree: candidate.tree });
    },
    recordTrusted: ({ version, tree }) => recordTrusted(fs, layout, { version, tree }),
    settle: async ({ judgements }) => settle(setup, judgements, await verdictKey(setup)),
  };
};
