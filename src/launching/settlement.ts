import type { Judgement, SettleOutput, Suspect } from '../../machines/contract.ts';
import { type AttemptState, resolveAttempt } from '../store/attempts.ts';
import { markBad } from '../store/bad-versions.ts';
import { liveLeases } from '../store/lease.ts';
import { clearPointer } from '../store/pointer.ts';
import { emptyTrash, quarantine } from '../store/retention.ts';
import { stagedIntegrity, type VerdictKey } from './candidates.ts';
import type { LaunchSetup } from './setup.ts';

const attemptState = ({ verdict }: Judgement): Exclude<AttemptState, 'open'> =>
  verdict.kind === 'inconclusive' ? 'inconclusive' : 'failed';

const causeOf = ({ observation, failure }: Suspect) =>
  observation === 'shellDied' ? ('SHELL_DIED' as const) : failure.code;

/** L-06: the mark first; only once it is written, the pointer, then the folder. Gives the version if it is bad now. */
const settleOne = async (
  setup: LaunchSetup,
  { suspect, verdict }: Judgement,
  key: VerdictKey,
): Promise<SettleOutput['rolledBack']> => {
  const { role, version } = suspect.candidate;
  if (verdict.mark === 'none' || role === 'bundled') return [];
  const { fs, layout } = setup;
  const integrity = stagedIntegrity(setup, version);
  const cause = causeOf(suspect);
  const reason = suspect.failure.message;
  const mark = await markBad(
    fs,
    layout,
    { version, integrity, abi: key.abi, shellVersion: key.shellVersion, cause, reason, weight: verdict.mark },
    key.now,
  );
  if (mark.strikes < 2) return [];
  await clearPointer(fs, layout, version);
  if (!liveLeases(fs, layout).has(version) && quarantine(fs, layout, version)) await emptyTrash(fs, layout);
  return [{ version, reason: `${verdict.reason} (${reason})` }];
};

/**
 * Carries the verdicts out. A mark that can't be written is a failure of the whole: nothing is removed, and the attempt
 * stays open on disk, so that a later boot judges again.
 */
export const settle = async (
  setup: LaunchSetup,
  judgements: readonly Judgement[],
  key: VerdictKey,
): Promise<SettleOutput> => {
  const rolledBack: SettleOutput['rolledBack'][number][] = [];
  for (const judgement of judgements) {
    rolledBack.push(...(await settleOne(setup, judgement, key)));
    const { attempt, failure } = judgement.suspect;
    if (attempt !== null) {
      await resolveAttempt(setup.fs, setup.layout, attempt, attemptState(judgement), failure.message);
    }
  }
  return { rolledBack };
};
