import { isAlive, pidOf, processToken } from './identity.ts';
import { startedWith, type Victim } from './process-table.ts';
import { defaultDeadlines, type StopDeadlines, stopTree } from './tree-kill.ts';

/** A child of a shell that died, as it was written down at its spawn. */
export type OrphanRecord = { readonly pid: number; readonly token: string | null };

/** An orphan holds up the next launch, so it is given less time than a runtime that the user ends. */
const orphanDeadlines: StopDeadlines = { ...defaultDeadlines, graceMs: 1000 };

/** A token without a start time (Windows) can't tell a reused pid; there the system ends the children of a dead shell. */
const isWeak = (token: string): boolean => /^\d+-0-/.test(token);

const isStillIt = (record: OrphanRecord): record is Victim =>
  record.token !== null &&
  !isWeak(record.token) &&
  pidOf(record.token) === record.pid &&
  record.pid !== process.pid &&
  isAlive(record.token);

const silent = { speaks: false, ask: () => undefined };

/**
 * Ends what a dead shell left running, tree included (P-30): only processes whose pid *and* start time are those of the
 * record. Resolves to the pids that were ended.
 */
export const sweepOrphans = async (
  records: readonly OrphanRecord[],
  limits: StopDeadlines = orphanDeadlines,
): Promise<readonly number[]> => {
  const orphans = records.filter(isStillIt);
  await Promise.all(orphans.map(({ pid, token }) => stopTree({ pid, token, ...silent }, limits)));
  return orphans.map(({ pid }) => pid);
};

/**
 * The children of attempts whose shell died between the spawn and the note of it, found by the attempt in the environment
 * that they were started with. Known on Linux only; elsewhere nothing is found.
 */
export const unnotedChildren = (attempts: readonly string[]): readonly OrphanRecord[] =>
  startedWith(attempts.map(id => `STAGEDOOR_ATTEMPT=${id}`)).map(pid => ({ pid, token: processToken(pid) }));
