/** `node whole-app.js OPTIONS`: an app that starts, updates, restarts and stops, and has nothing left to do then. */
import { createStagedoor, type StagedoorOptions } from '#src/index.js';

const stagedoor = createStagedoor(JSON.parse(process.argv[2] ?? '{}') as StagedoorOptions);
const outcomes = [
  await stagedoor.start(),
  await stagedoor.update(),
  await stagedoor.restart(),
  (await stagedoor.stop()) ?? null,
];
process.stdout.write(JSON.stringify(outcomes));
