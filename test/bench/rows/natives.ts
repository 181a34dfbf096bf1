import { cpSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { runtimePackage, writeRuntime } from '#src/testing/index.js';
import { crossPackage } from '../../support/natives/cross-files.ts';
import { type Bench, inFolder } from '../bench.ts';
import { type Row, timed } from '../row.ts';
import { interleaved, median } from '../statistics.ts';
import { figure, type Measured, runSubject } from '../subject-process.ts';

export type NativesInput = { readonly bundled: string; readonly store: string; readonly memory: string };

/** A native package with compiled files for nine systems, this one's among them. */
const nativeInto = (bundled: string): void => {
  const dir = path.join(bundled, 'node_modules', 'native');
  mkdirSync(dir, { recursive: true });
  cpSync(crossPackage, dir, { recursive: true });
};

/** What it adds to a launch to know that its natives fit, beside reading them. */
export const nativesRows = (bench: Bench): Promise<readonly Row[]> =>
  inFolder(bench, async folder => {
    bench.say('natives that fit');
    const [bundled, store] = [path.join(folder, 'bundled'), path.join(folder, 'store')];
    const memory = path.join(folder, 'fits.json');
    mkdirSync(bundled);
    writeRuntime(bundled, runtimePackage({ name: 'runtime', version: '1.0.0' }));
    nativeInto(bundled);
    const asking = (): Promise<Measured> =>
      runSubject({ subject: 'natives', input: { bundled, store, memory } satisfies NativesInput });
    const reading = (): Promise<Measured> => {
      rmSync(memory, { force: true });
      return asking();
    };
    const { read, known } = await interleaved(Math.max(bench.runs, 7), { read: reading, known: asking });
    const middle = (runs: readonly Measured[]): number => median(runs.map(run => figure(run, 'ms')));
    return [
      timed({
        what: 'natives of a launch that fit, as an earlier launch has found',
        ours: middle(known),
        yardstick: { name: 'reading them', value: middle(read) },
        target: { limit: 1 },
      }),
    ];
  });
