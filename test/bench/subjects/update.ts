import { createStagedoor } from '#src/create-stagedoor.js';
import type { UpdateInput } from '../rows/update.ts';
import { peakMegabytes, subject, warm, watchLoop } from './subject.ts';

/** One `update()` of ours, worker and all. */
await subject(async (input: UpdateInput) => {
  const stagedoor = createStagedoor({
    package: input.name,
    registry: input.registry,
    store: input.folder,
    bundled: input.bundled,
  });
  if (input.warm) {
    const { outcome } = await stagedoor.check();
    if (outcome !== 'up-to-date') throw new Error(`the check said ${outcome}`);
    await warm();
  }
  // A warm process is timed only: the watch itself costs a little.
  const loop = input.warm ? null : watchLoop();
  const begun = performance.now();
  const result = await stagedoor.update();
  const ms = performance.now() - begun;
  const blockedMs = loop?.stop() ?? 0;
  if (result.outcome !== 'staged') throw new Error(`the update ended as ${JSON.stringify(result)}`);
  await stagedoor.stop();
  return { ms, blockedMs, megabytes: peakMegabytes() };
});
