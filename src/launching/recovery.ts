import type { Judgement, SettleOutput } from '../../machines/contract.ts';
import { failureOf } from '../../machines/failure.ts';
import { judge } from '../../machines/verdict.ts';
import { isAlive } from '../process/identity.ts';
import { sweepAttempts } from '../process/orphans.ts';
import { type AttemptRecord, pruneAttempts, readAttempts } from '../store/attempts.ts';
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

/**
 * What a start owes to the crash before it: no orphan left running (P-30), and a strike for each open attempt. Gives the
 * versions that are bad by that.
 */
export const recover = async (
  { fs, layout }: LaunchSetup,
  settle: (judgements: readonly Judgement[]) => Promise<SettleOutput>,
): Promise<SettleOutput> => {
  const orphaned = readAttempts(fs, layout).filter(({ shell }) => !isAlive(shell));
  const open = orphaned.filter(({ state }) => state === 'open');
  const noted = orphaned.flatMap(({ child }) => (child === null ? [] : [child]));
  // Looking through all processes takes milliseconds of a start: only for what this start has to end.
  const unfinished = orphaned.filter(
    ({ state, child }) =>
      state === 'open' || (child !== null && child.token !== null && isAlive(child.token)),
  );
  await sweepAttempts(
    noted,
    unfinished.map(({ id }) => id),
  );
  const settled = await settle(open.map(judgementOf));
  await pruneAttempts(fs, layout);
  return settled;
};
