import { copyFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type Bench, inFolder } from '../bench.ts';
import { type Row, timed } from '../row.ts';
import { interleaved, median } from '../statistics.ts';
import { figure, type Measured, runSubject } from '../subject-process.ts';

export type AbiInput = { readonly exec: string; readonly cache: string };

/** What knowing the ABI of an executable adds to a launch, beside asking it. */
export const abiRows = (bench: Bench): Promise<readonly Row[]> =>
  inFolder(bench, async folder => {
    bench.say('the ABI of an executable');
    const other = path.join(folder, 'node');
    copyFileSync(process.execPath, other);
    const cache = path.join(folder, 'executables.json');
    const asking = (exec: string) => (): Promise<Measured> =>
      runSubject({ subject: 'abi', input: { exec, cache } satisfies AbiInput });
    const askedAnew = (): Promise<Measured> => {
      rmSync(cache, { force: true });
      return asking(other)();
    };
    const { asked, cached, own } = await interleaved(Math.max(bench.runs, 7), {
      asked: askedAnew,
      cached: asking(other),
      own: asking(process.execPath),
    });
    const middle = (runs: readonly Measured[]): number => median(runs.map(run => figure(run, 'ms')));
    const yardstick = { name: 'asking it', value: middle(asked) };
    return [
      timed({
        what: 'ABI of our own executable, first call of a process',
        ours: middle(own),
        yardstick,
        target: { limit: 1 },
      }),
      timed({
        what: 'ABI of another executable that has answered an earlier process',
        ours: middle(cached),
        yardstick,
        target: { limit: 2 },
      }),
    ];
  });
