import type { Judgement, SettleOutput } from '../../machines/contract.ts';
import { failureOf } from '../../machines/failure.ts';
import { judge } from '../../machines/verdict.ts';
import { isAlive } from '../process/identity.ts';
import { sweepAttempts } from '../process/orphans.ts';
import { type AttemptRecord, pruneAttempts, readAttempts } from '../store/attempts.ts';
import type { AttemptBook } from './attempt-book.ts';
import type { LaunchSetup } from './setup.ts';

/** The evidence that a shell left behind when it died in an open attempt. */
const judgementOf = ({ id, role, version, tree }: AttemptRecord): Judgement => ({
  suspect: {
    candidate: { role, version, tree, firstStart: false },
    attempt: id,
    observation: 'shellDied',
    failure: failureOf({
      code: 'LAUNCH_EXITED_EARLY',
      message: `the shell died while ${version} was starting`,
      hint: 'stagedoor explain shows what was decided.',
    }),
    exit: null,
  },
  verdict: judge('shellDied', false),
});

const isOrphaned = ({ state, child }: AttemptRecord): boolean =>
  state === 'open' || state === 'ready' || (child !== null && child.token !== null && isAlive(child.token));

/**
 * What a start owes to the crash before it: no orphan left running (P-30), and a strike for each open attempt. Gives the
 * versions that are bad by that, and the attempts whose runtimes are known to be gone with all that they started.
 */
export const recover = async (
  { fs, layout }: LaunchSetup,
  settle: (judgements: readonly Judgement[]) => Promise<SettleOutput>,
): Promise<SettleOutput & { readonly swept: readonly string[] }> => {
  const records = readAttempts(fs, layout).filter(({ shell }) => !isAlive(shell));
  const noted = records.flatMap(({ child }) => (child === null ? [] : [child]));
  // Looking through all processes takes milliseconds of a start: only for what this start has to end.
  const orphaned = records.filter(isOrphaned).map(({ id }) => id);
  const allGone = await sweepAttempts(noted, orphaned);
  const { rolledBack } = await settle(records.filter(({ state }) => state === 'open').map(judgementOf));
  const ready = records.filter(({ state }) => state === 'ready').map(({ id }) => id);
  return { rolledBack, swept: allGone ? ready : [] };
};

/**
 * Until an attempt is closed each start looks for its helpers: a sweep that was cut may have ended the runtime above them
 * alone.
 */
export const closeSwept = async (
  { fs, layout }: LaunchSetup,
  book: AttemptBook,
  swept: readonly string[],
): Promise<void> => {
  for (const id of swept) await book.resolve(id, 'died', 'its shell ended without ending it');
  await pruneAttempts(fs, layout);
};
