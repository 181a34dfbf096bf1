import { type Bench, inFolder } from '../bench.ts';
import { type Row, timed } from '../row.ts';
import { interleaved, median } from '../statistics.ts';
import { type StockedStore, stockStore } from '../stocked-store.ts';
import { figure, type Measured, runSubject } from '../subject-process.ts';

export type LaunchInput = StockedStore;

const versions = 5;
const files = 5000;

const middle = (runs: readonly Measured[], name: string): number =>
  median(runs.map(run => figure(run, name)));

/** What stands between the start of an app and the spawn of its runtime, in a store that has grown. */
export const launchRows = (bench: Bench): Promise<readonly Row[]> =>
  inFolder(bench, async folder => {
    bench.say(`launch from a store of ${versions} versions of ${files} files`);
    const input: LaunchInput = await stockStore(folder, versions, files);
    const measuring = (subject: string) => (): Promise<Measured> => runSubject({ subject, input });
    const runs = Math.max(bench.runs, 7);
    const { decide } = await interleaved(runs, { decide: measuring('decide') });
    // Later: what is launched collects the versions that nothing needs.
    const { launch, spawn } = await interleaved(runs, {
      launch: measuring('launch'),
      spawn: measuring('spawn'),
    });
    const yardstick = { name: 'bare spawn to ready', value: middle(spawn, 'ms') };
    const store = `${versions} versions of ${files} files`;
    return [
      timed({
        what: `deciding what to launch, ${store}, first call of a process`,
        ours: middle(decide, 'decidedMs'),
        yardstick,
        target: { limit: 5 },
      }),
      timed({
        what: `check of that tree before the spawn (entry and natives hashed, the rest by size and time)`,
        ours: middle(decide, 'checkedMs'),
        yardstick,
      }),
      timed({ what: `whole launch of it to ready`, ours: middle(launch, 'ms'), yardstick }),
    ];
  });
