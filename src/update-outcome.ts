import type { UpdateResult } from '../machines/update.ts';
import type { UpdateOutcome } from './stagedoor.ts';

/** A result of the update chart in the words of the surface. */
export const updateOutcome = (result: UpdateResult): UpdateOutcome => {
  switch (result.kind) {
    case 'staged':
      return { outcome: 'staged', version: result.version, superseded: result.superseded };
    case 'available':
      return { outcome: 'update-available', version: result.version, current: result.current };
    case 'upToDate':
      return { outcome: 'up-to-date', version: result.version, current: result.current };
    case 'alreadyStaged':
      return { outcome: 'already-staged', version: result.version };
    case 'badVersion':
      return { outcome: 'bad-version', version: result.version, mark: result.mark };
    case 'incompatible':
      return { outcome: 'incompatible', version: result.version, reason: result.reason };
    case 'outgrown':
      return {
        outcome: 'outgrown',
        version: result.version,
        needs: result.needs,
        shell: result.shell,
      };
    case 'deferred':
      return { outcome: 'deferred', version: result.version, refusal: result.refusal };
    case 'cancelled':
      return { outcome: 'cancelled' };
    case 'failed':
      return { outcome: 'failed', error: result.failure };
  }
};
