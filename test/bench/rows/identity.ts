import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bench, inFolder } from '../bench.ts';
import { type Row, timed } from '../row.ts';
import { interleaved, median } from '../statistics.ts';
import { quietEnvironment } from '../subject-process.ts';

const preload = fileURLToPath(new URL('../../../src/child/identity.cjs', import.meta.url));

/**
 * What it adds to the start of a child that it says who it is: the time between two preloads, one before and one after it. Whole starts
 * differ by more than that from each other. What an empty preload takes there is what any would.
 */
export const identityRows = (bench: Bench): Promise<readonly Row[]> =>
  inFolder(bench, async folder => {
    bench.say('the identity of a child');
    const at = (name: string): string => path.join(folder, name);
    writeFileSync(at('before.cjs'), 'globalThis.begun = performance.now();');
    writeFileSync(at('after.cjs'), 'process.stdout.write(String(performance.now() - globalThis.begun));');
    for (const name of ['empty.cjs', 'child.cjs']) writeFileSync(at(name), '');
    const between = (file: string) => async (): Promise<number> => {
      rmSync(at('identity'), { force: true });
      const files = [at('before.cjs'), file, at('after.cjs')];
      const args = [...files.flatMap(one => ['--require', one]), at('child.cjs')];
      const env = { ...quietEnvironment(), STAGEDOOR_IDENTITY: at('identity') };
      return Number(execFileSync(process.execPath, args, { env, encoding: 'utf8' }));
    };
    const { ours, empty } = await interleaved(Math.max(bench.runs, 21), {
      ours: between(preload),
      empty: between(at('empty.cjs')),
    });
    return [
      timed({
        what: 'a child says who it is, before its first line',
        ours: median(ours),
        yardstick: { name: 'an empty preload', value: median(empty) },
      }),
    ];
  });
