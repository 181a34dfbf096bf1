/** A start on a store that may hold anything, without the spawn: `odd-store.js OPTIONS` says what would be launched. */
import { afterStart } from '#src/launching/after-start.js';
import { createLaunchEffects } from '#src/launching/effects.js';
import { explain } from '#src/launching/explanation.js';
import { launchSetup } from '#src/launching/setup.js';
import type { StagedoorOptions } from '#src/options.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { openJournal } from '#src/store/journal.js';
import { readStatus } from '#src/upkeep/status.js';

const setup = launchSetup(JSON.parse(process.argv[2] ?? '{}') as StagedoorOptions);
const journal = openJournal(fs, setup.layout);
const effects = createLaunchEffects(setup, journal);
const failed = (error: unknown): string => String(error);
const recovered = await effects.recover().then(() => 'recovered', failed);
const { candidates } = await effects.resolve({ exclude: [] });
const [candidate] = candidates;
if (candidate !== undefined) await afterStart(setup, candidate, journal);
await explain(setup, null);
await readStatus(fs, setup.layout, setup);
const kilobytes = process.resourceUsage().maxRSS;
process.stdout.write(JSON.stringify({ recovered, candidates, kilobytes }));
