import type { Shell } from '../shell.ts';
import type { Stage } from '../story.ts';
import type { Source } from '../world.ts';

/** 1.1.0 is trusted and runs; of 1.2.0 the registry has just heard. */
export const newerPublished = async (stage: Stage, app: Shell, source: Source = {}): Promise<void> =>
  stage.before('1.1.0 is trusted and runs. 1.2.0 has just been published.', async () => {
    await stage.keep('1.1.0', { trusted: true, pointed: true });
    stage.publish('1.2.0', source);
    await app.start();
  });

/** 1.1.0 is trusted, 1.2.0 is staged; nothing runs yet. */
export const newerStaged = async (stage: Stage, says: string, source: Source = {}): Promise<void> =>
  stage.before(says, async () => {
    await stage.keep('1.1.0', { trusted: true });
    await stage.keep('1.2.0', { pointed: true }, source);
  });

/** No updates by themselves: what a story is not about. */
export const quiet = { updates: false } as const;
