import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Bench, inFolder } from '../bench.ts';
import { type Row, timed } from '../row.ts';
import { interleaved, median } from '../statistics.ts';
import { figure, type Measured, runSubject } from '../subject-process.ts';

export type CoreLockInput = { readonly root: string; readonly out: string; readonly plain: boolean };

const packages = 1000;
const filesEach = 10;

/** What each fourth says of its modules: nothing, a list, conditions, a pattern. */
const exportsOf = (index: number): object =>
  [
    { main: './lib/0.js' },
    { exports: { '.': './lib/0.js', './package.json': './package.json' } },
    { exports: { '.': { import: './lib/0.js', require: './lib/1.js' }, './one': './lib/1.js' } },
    { exports: { '.': './lib/0.js', './*': './lib/*.js' } },
  ][index % 4] ?? {};

/** Each third lies inside another package, each tenth in a scope. */
const placeOf = (index: number): readonly [name: string, dir: string] => {
  const name = index % 10 === 0 ? `@scope/p${index}` : `p${index}`;
  return [
    name,
    index % 3 === 0 && index > 0 ? `node_modules/p1/node_modules/${name}` : `node_modules/${name}`,
  ];
};

const writePackages = (root: string): void => {
  writeFileSync(path.join(root, 'package.json'), JSON.stringify({ name: 'runtime', version: '1.0.0' }));
  for (let index = 0; index < packages; index += 1) {
    const [name, place] = placeOf(index);
    const lib = path.join(root, place, 'lib');
    mkdirSync(lib, { recursive: true });
    for (let file = 0; file < filesEach; file += 1) writeFileSync(path.join(lib, `${file}.js`), '');
    const manifest = { name, version: `1.0.${index}`, description: 'x'.repeat(1500), ...exportsOf(index) };
    writeFileSync(path.join(root, place, 'package.json'), JSON.stringify(manifest));
  }
};

/** Writing the lock of a tree, beside reading and parsing the same manifests by their known names. */
export const coreLockRows = (bench: Bench): Promise<readonly Row[]> =>
  inFolder(bench, async root => {
    bench.say('the lock of 1,000 packages');
    writePackages(root);
    const run = (plain: boolean) => (): Promise<Measured> =>
      runSubject({
        subject: 'core-lock',
        input: { root, out: `${root}.json`, plain } satisfies CoreLockInput,
      });
    const { lock, plain } = await interleaved(Math.max(bench.runs, 7), {
      lock: run(false),
      plain: run(true),
    });
    const middle = (runs: readonly Measured[]): number => median(runs.map(one => figure(one, 'ms')));
    bench.scratch.remove(`${root}.json`);
    return [
      timed({
        what: 'lock of a tree of 1,000 packages, read, written and read back',
        ours: middle(lock),
        yardstick: { name: 'reading and parsing their manifests', value: middle(plain) },
        target: { limit: 1000 },
      }),
    ];
  });
