import type { Demands } from '../registry/manifest.ts';
import type { Offered } from '../registry/releases.ts';
import { markAgainst, refusedDemand } from './admission.ts';
import type { StagingSession } from './session.ts';
import { shellDemand } from './shell-demand.ts';

type Demanding = { readonly demands: Demands };

const fitsShell = ({ options }: StagingSession, { demands }: Demanding): boolean =>
  shellDemand(demands, { name: options.shellName, version: options.shellVersion }) === null;

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
    if (!fitsShell(session, alternative)) continue;
    const older = await offered.readAlternative(alternative.version, signal);
    if (older === null || markAgainst(session, older.release) !== null) continue;
    if ((await refusedDemand(session, older, signal)) === null) return older;
  }
  return null;
};
