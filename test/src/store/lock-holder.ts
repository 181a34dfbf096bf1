/** Holds the lock `held` of a store until it is ended: `lock-holder.js ROOT`. */
import { storeLayout } from '#src/store/layout.js';
import { withLock } from '#src/store/lock.js';

await withLock(storeLayout(process.argv[2] ?? ''), 'held', async () => {
  process.stdout.write('held\n');
  await new Promise(resolve => setTimeout(resolve, 120_000));
});
