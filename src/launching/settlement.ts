import type { Judgement, SettleOutput, Suspect } from '../../machines/contract.ts';
import type { Failure } from '../../machines/failure.ts';
import { toFailure } from '../failure.ts';
import type { AttemptState } from '../store/attempts.ts';
import { markBad } from '../store/bad-versions.ts';
import { clearPointer } from '../store/pointer.ts';
import { removeCondemned } from '../store/retention.ts';
import type { AttemptBook } from './attempt-book.ts';
import { stagedIntegrity, type VerdictKey } from './candidates.ts';
import type { LaunchSetup } from './setup.ts';

/** Told of what could not be tidied after a verdict was written: a later start does it. */
export type Untidied = (failure: Failure) => void;

const attemptState = ({ verdict }: Judgement): Exclude<AttemptState, 'open'> =>
  verdict.kind === 'inconclusive' ? 'inconclusive' : 'failed';

const causeOf = ({ observation, failure }: Suspect) =>
  observation === 'shellDied' ? ('SHELL_DIED' as const) : failure.code;

const attempting = async (work: () => Promise<unknown>, untidied: Untidied): Promise<void> => {
  try {
    await work();
  } catch (error) {
    untidied(toFailure(error));
  }
};

/** The pointer if it still names that version (L-05), then its folder. */
const removeVersion = async (
  { fs, layout }: LaunchSetup,
  version: string,
  over: string | null,
): Promise<void> => {
  await clearPointer(fs, layout, { version });
  await removeCondemned(fs, layout, version, over);
};

/** L-06: the mark first; only once it is written, the pointer, then the folder. Gives the version if it is bad now. */
const settleOne = async (
  setup: LaunchSetup,
  { suspect, verdict }: Judgement,
  key: () => Promise<VerdictKey>,
  untidied: Untidied,
): Promise<SettleOutput['rolledBack']> => {
  const { role, version } = suspect.candidate;
  if (verdict.mark === 'none' || role === 'bundled') return [];
  const integrity = stagedIntegrity(setup, version);
  const { abi, shellVersion, now } = await key();
  const { message: reason } = suspect.failure;
  const { attempt } = suspect;
  const facts = { version, integrity, abi, shellVersion, cause: causeOf(suspect), reason, attempt };
  const mark = await markBad(setup.fs, setup.layout, { ...facts, weight: verdict.mark }, now);
  if (mark.strikes < 2) return [];
  // The mark alone keeps it from being launched again: what can't be removed now goes later.
  await attempting(() => removeVersion(setup, version, suspect.attempt), untidied);
  return [{ version, reason: `${verdict.reason} (${reason})` }];
};

/**
 * Carries verdicts out, one at a time and each once: a stop in the middle gives the same verdicts again, and a strike must
 * not count twice. A mark that can't be written is a failure of the whole: nothing is removed, and the attempt stays open
 * on disk, so that a later boot judges again.
 */
export const createSettling = (
  setup: LaunchSetup,
  book: AttemptBook,
  key: () => Promise<VerdictKey>,
  untidied: Untidied,
): ((judgements: readonly Judgement[]) => Promise<SettleOutput>) => {
  const done = new Map<string, SettleOutput['rolledBack']>();
  let last: Promise<unknown> = Promise.resolve();

  const settle = async (judgement: Judgement): Promise<SettleOutput['rolledBack']> => {
    const { attempt, failure } = judgement.suspect;
    if (attempt === null) return settleOne(setup, judgement, key, untidied);
    const known = done.get(attempt);
    if (known !== undefined) return known;
    const rolledBack = await settleOne(setup, judgement, key, untidied);
    done.set(attempt, rolledBack);
    const state = attemptState(judgement);
    await attempting(() => book.resolve(attempt, state, failure.message), untidied);
    return rolledBack;
  };

  const settleAll = async (judgements: readonly Judgement[]): Promise<SettleOutput> => {
    const rolledBack: SettleOutput['rolledBack'][number][] = [];
    for (const judgement of judgements) rolledBack.push(...(await settle(judgement)));
    return { rolledBack };
  };

  return judgements => {
    const turn = last.then(() => settleAll(judgements));
    last = turn.catch(() => 'who ordered it is told');
    return turn;
  };
};
