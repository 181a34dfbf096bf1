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
 * What was started with an attempt in its environment: a child whose shell died before it was noted, and helpers that outlived
 * the child that started them. Known on Linux only; elsewhere nothing is found.
 */
const startedBy = (attempts: readonly string[]): readonly OrphanRecord[] =>
  startedWith(attempts.map(id => `STAGEDOOR_ATTEMPT=${id}`)).map(pid => ({ pid, token: processToken(pid) }));

const rounds = 3;

/**
 * Ends what attempts of dead shells have left: the children that were written down, and all that was started by the attempts.
 * A child may start a helper in the very moment in which it is ended, and then nobody is above the helper any more: it is
 * looked again until nothing is found. False where something was found each time.
 */
export const sweepAttempts = async (
  noted: readonly OrphanRecord[],
  attempts: readonly string[],
): Promise<boolean> => {
  const known = new Set(noted.map(({ pid }) => pid));
  let found = [...noted, ...startedBy(attempts).filter(({ pid }) => !known.has(pid))];
  for (let round = 0; round < rounds; round += 1) {
    const ended = await sweepOrphans(found);
    if (ended.length === 0) return true;
    found = [...startedBy(attempts)];
  }
  return false;
};
