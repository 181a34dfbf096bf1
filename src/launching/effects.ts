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
import { toFailure } from '../failure.ts';
import type { MatchNatives } from '../natives/matching.ts';
import { probeNode } from '../natives/probe.ts';
import { recordReady, recordTrusted } from '../store/health.ts';
import type { Journal } from '../store/journal.ts';
import { type AttemptBook, createAttemptBook } from './attempt-book.ts';
import type { VerdictKey } from './candidates.ts';
import { launchNatives } from './natives.ts';
import { closeSwept, recover } from './recovery.ts';
import { resolveCandidates } from './resolving.ts';
import { createRuntimes, type RuntimeListener, type Runtimes } from './runtime.ts';
import { createSettling } from './settlement.ts';
import type { LaunchSetup } from './setup.ts';
import { assertIntact, setAside } from './tree-guard.ts';

/** What the launch chart asks for, as plain functions. */
export type LaunchEffects = {
  recover(): Promise<void>;
  resolve(input: ResolveInput): Promise<Resolution>;
  checkTree(candidate: Candidate): Promise<void>;
  readonly matchNatives: MatchNatives;
  quarantine(candidate: Candidate): Promise<void>;
  openAttempt(candidate: Candidate, signal: AbortSignal): Promise<Attempt>;
  recordReady(input: RuntimeInput): Promise<ReadyOutput>;
  recordTrusted(candidate: Candidate): Promise<void>;
  settle(input: SettleInput): Promise<SettleOutput>;
  readonly runtimes: Runtimes;
};

export type LaunchListener = RuntimeListener & {
  /** Versions that are bad since a shell died in their second attempt; nothing runs yet. */
  readonly recovered?: (rolledBack: SettleOutput['rolledBack']) => void;
};

/** The key that verdicts are compared by. The executable is asked what it is. */
export const verdictKey = async ({ exec, shellVersion }: LaunchSetup): Promise<VerdictKey> => {
  const abi = await probeNode(exec);
  return { abi: abi?.tag ?? 'unknown', shellVersion, now: new Date() };
};

const unguardedHint =
  'It has no core lock. Update the runtime, or bundle it anew (stagedoor bundle): each version that is staged or bundled gets one.';

/** Of a plugin in one line: some have hundreds of compiled modules. */
const mostUnfit = 8;

const misbuiltHint =
  'stagedoor plugin add NAME --exec FILE, the executable of the runtime; stagedoor plugin check tells more.';

/** Plugins that a runtime does without, and why. */
const journalPlugins = (journal: Journal): NonNullable<RuntimeListener['plugins']> => ({
  damaged: plugin => journal.append({ event: 'plugin.damaged', ...plugin }),
  misfit: ({ plugin: { ecosystem, name, version }, conflicts }) =>
    journal.append({ event: 'plugin.conflict', ecosystem, name, version, conflicts }),
  misbuilt: ({ plugin: { ecosystem, name, version }, misbuilt }) => {
    const { builtFor, abi, unfit: all } = misbuilt;
    const [unfit, count] = [all.slice(0, mostUnfit), all.length];
    const about = { ecosystem, name, version, builtFor, abi, unfit, count };
    journal.append({ event: 'plugin.misbuilt', ...about, hint: misbuiltHint });
  },
  unguarded: (version, { length: count }) =>
    journal.append({ event: 'plugin.unguarded', version, count, hint: unguardedHint }),
  crowded: plugins =>
    journal.append({ event: 'plugin.crowded', count: plugins.length, first: plugins[0]?.name ?? null }),
});

const beginAttempt = async (
  book: AttemptBook,
  candidate: Candidate,
  signal: AbortSignal,
  journal: Journal,
): Promise<Attempt> => {
  const { version, role, tree } = candidate;
  try {
    const { id } = await book.open({ version, role, tree });
    // Stopped between record and spawn: nothing was tried, and no later boot may count it.
    if (signal.aborted) await book.resolve(id, 'stopped');
    return { id, candidate };
  } catch (error) {
    // A store that can't be written costs the evidence, never the launch (P-06).
    journal.append({ event: 'attempt.notRecorded', failure: toFailure(error) });
    return { id: `unrecorded-${randomUUID()}`, candidate };
  }
};

/** The effects of one shell on one store. */
export const createLaunchEffects = (
  setup: LaunchSetup,
  journal: Journal,
  listener: LaunchListener = {},
  matchNatives: MatchNatives = launchNatives(setup),
): LaunchEffects => {
  const { fs, layout } = setup;
  const key = (): Promise<VerdictKey> => verdictKey(setup);
  const unwritten = (failure: ReturnType<typeof toFailure>): void =>
    journal.append({ event: 'evidence.notWritten', failure });
  const unled = (failure: ReturnType<typeof toFailure>): void =>
    journal.append({ event: 'runtime.notLed', failure });
  const matching: MatchNatives = async (subject, signal) => {
    try {
      return await matchNatives(subject, signal);
    } catch (error) {
      // A defect of ours: told, and no reason not to start (N-11).
      if (!signal.aborted) journal.append({ event: 'natives.defect', failure: toFailure(error) });
      throw error;
    }
  };
  const book = createAttemptBook(fs, layout, ({ id, state, identity }) => {
    // Once: a record is closed again when a ready runtime ends.
    if (identity === null || identity.problem === null || state === 'stopped' || state === 'died') return;
    journal.append({ event: 'runtime.notLed', attempt: id, problem: identity.problem });
  });
  const settle = createSettling(setup, book, key, unwritten);

  const closeReady = async (id: string): Promise<void> => {
    try {
      await book.resolve(id, 'ready');
    } catch (error) {
      unwritten(toFailure(error));
    }
  };

  return {
    runtimes: createRuntimes(setup, book, {
      ...listener,
      unwritten,
      unled,
      plugins: journalPlugins(journal),
    }),
    recover: async () => {
      const { rolledBack, swept } = await recover(setup, settle);
      if (rolledBack.length > 0) listener.recovered?.(rolledBack);
      await closeSwept(setup, book, swept);
    },
    resolve: input => resolveCandidates(setup, key, input, journal),
    matchNatives: matching,
    checkTree: candidate => assertIntact(setup, candidate),
    quarantine: candidate => setAside(setup, candidate),
    openAttempt: (candidate, signal) => beginAttempt(book, candidate, signal, journal),
    recordReady: async ({ candidate: { version, tree }, attempt }) => {
      await closeReady(attempt.id);
      return recordReady(fs, layout, { version, tree });
    },
    recordTrusted: ({ version, tree }) => recordTrusted(fs, layout, { version, tree }),
    settle: ({ judgements }) => settle(judgements),
  };
};
