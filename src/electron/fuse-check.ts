import { demandsOf, type FuseDemand, type FuseDemands, type FuseName } from './fuse-demands.ts';
import { type FuseState, type FuseStates, readFuses } from './fuses.ts';

/** One fuse that is not as it should be. */
export type FuseFinding = {
  readonly fuse: FuseName;
  readonly wanted: 'on' | 'off';
  readonly found: FuseState;
  readonly verdict: 'refused' | 'reported';
  /** One line: what it would allow, or why nothing is known. */
  readonly reason: string;
};

const finding = (
  fuse: FuseName,
  demand: FuseDemand,
  { states, unreadable }: FuseStates,
): FuseFinding | null => {
  const wanted = demand.state ? 'on' : 'off';
  const found = states[fuse];
  if (found === wanted) return null;
  const reason = unreadable === null ? demand.reason : `the fuses could not be read: ${unreadable}`;
  // Absent proof is failed proof: what can't be read is refused where another state would be.
  return { fuse, wanted, found, verdict: demand.refuse ? 'refused' : 'reported', reason };
};

/** Holds states against demands: `{…}` over the defaults, `false` for none. */
export const judgeFuses = (fuses: FuseStates, demands?: FuseDemands): readonly FuseFinding[] =>
  [...demandsOf(demands)].flatMap(([fuse, demand]) => finding(fuse, demand, fuses) ?? []);

/** What is wrong with the fuses of an executable; nothing where all is well. Never rejects. */
export const checkFuses = async (
  executable: string,
  demands?: FuseDemands,
): Promise<readonly FuseFinding[]> => judgeFuses(await readFuses(executable), demands);
