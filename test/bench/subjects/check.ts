import { createStagedoor } from '#src/create-stagedoor.js';
import type { CheckInput } from '../rows/check.ts';
import { subject, warm } from './subject.ts';

/** Checks that find nothing new: some to get warm, one that is measured. */
await subject(async ({ name, registry, store, bundled, before }: CheckInput) => {
  const stagedoor = createStagedoor({ package: name, registry, store, bundled });
  const check = async (): Promise<void> => {
    const { outcome } = await stagedoor.check();
    if (outcome !== 'up-to-date') throw new Error(`the check said ${outcome}`);
  };
  for (let checks = 0; checks < before; checks += 1) await check();
  await warm();
  const begun = performance.now();
  await check();
  const ms = performance.now() - begun;
  await stagedoor.stop();
  return { ms };
});
