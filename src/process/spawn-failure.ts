import fs from 'node:fs';
import { errnoOf, StagedoorError } from '../failure.ts';

/** A spawn that failed: always the machine's fault, never the version's (verdict table). */
export const spawnFailure = (
  error: unknown,
  { exec, cwd }: { readonly exec: string; readonly cwd?: string | undefined },
): StagedoorError => {
  const errno = errnoOf(error) ?? 'unknown error';
  // The system reports a missing working folder as if the executable were missing.
  const folderGone = cwd !== undefined && errno === 'ENOENT' && !fs.existsSync(cwd);
  return folderGone
    ? new StagedoorError('SPAWN_FAILED', `could not start ${exec}: the working folder ${cwd} is missing`, {
        cause: error,
        hint: 'Check the working folder of the runtime.',
      })
    : new StagedoorError('SPAWN_FAILED', `could not start ${exec} (${errno})`, { cause: error });
};
