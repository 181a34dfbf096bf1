/** `node check-only.js OPTIONS`: checks and does not stop; nothing may hold the process then. */
import { createStagedoor, type StagedoorOptions } from '#src/index.js';

const stagedoor = createStagedoor(JSON.parse(process.argv[2] ?? '{}') as StagedoorOptions);
process.stdout.write(JSON.stringify(await stagedoor.check()));
