import type { Alternative } from '../registry/alternatives.ts';
import type { Offered } from '../registry/releases.ts';
import { markAgainst, refusedDemand } from './admission.ts';
import { incompatibility } from './compatibility.ts';
import type { StagingSession } from './session.ts';
import { shellDemand } from './shell-demand.ts';

/** As far as the document says; what is left open there is judged by the offer itself. */
const looksAdmitted = ({ options }: StagingSession, { demands }: Pick<Alternative, 'demands'>): boolean => {
  const { shellName: name, shellVersion: version, execFacts } = options;
  return shellDemand(demands, { name, version }) === null && incompatibility(demands, execFacts) === null;
};

/**
 * The newest version below the offered one, and not below `floor`, that this shell and this machine are admitted to and that
 * is not marked bad; null: there is none. It has passed every check that the offered one did.
 */
export const olderOffer = async (
  session: StagingSession,
  offered: Offered,
  floor: string | null,
  signal: AbortSignal,
): Promise<Offered | null> => {
  for (const alternative of offered.alternatives(floor)) {
    if (!looksAdmitted(session, alternative)) continue;
    const older = await offered.readAlternative(alternative.version, signal);
    if (older === null || !looksAdmitted(session, older)) continue;
    if (markAgainst(session, older.release) !== null) continue;
    if ((await refusedDemand(session, older, signal)) === null) return older;
  }
  return null;
};
