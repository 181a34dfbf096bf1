import type { Bench } from '../bench.ts';
import { type Row, timed, verdictOf } from '../row.ts';
import { interleaved, median } from '../statistics.ts';
import { figure, type Measured, runSubject } from '../subject-process.ts';

export type ImportInput = { readonly specifier: string };
export type ModulesInput = ImportInput & {
  /** Parts of paths that may not be loaded. */
  readonly unwanted: readonly string[];
  /** Texts that no loaded script may hold. */
  readonly marks: readonly string[];
};

const launcher = 'stagedoor/launcher';

/** The whole update side, and what reads more than the launcher may. */
const unwanted = [
  'node_modules/pacote/',
  'node_modules/npm-registry-fetch/',
  'node_modules/@npmcli/',
  'node_modules/tar/',
  'node_modules/valibot/',
  'node_modules/semver/index.js',
  'node_modules/semver/classes/range.js',
  'dist/src/staging/',
  'dist/src/registry/',
];

/** The launcher is one file: what only pacote and npm-registry-fetch say must not be in it. */
const marks = ['pacote-req-type', 'npm-auth-type'];

const modulesOf = async (specifier: string): Promise<Measured> => {
  const input: ModulesInput = { specifier, unwanted, marks };
  return runSubject({ subject: 'modules', input });
};

const modulesRow = async (): Promise<Row> => {
  const [ours, pacote] = [await modulesOf(launcher), await modulesOf('pacote')];
  const [loaded, found] = [figure(ours, 'loaded'), figure(ours, 'unwanted')];
  return {
    what: 'modules loaded by stagedoor/launcher',
    ours: `${loaded}, ${found} of them of pacote or the update side`,
    yardstick: `import pacote: ${figure(pacote, 'loaded')}`,
    ratio: loaded / figure(pacote, 'loaded'),
    range: null,
    target: 'no pacote',
    verdict: verdictOf(loaded > 0 && found === 0),
    counted: true,
  };
};

/** What an app pays at its start for the launcher. */
export const importRows = async (bench: Bench): Promise<readonly Row[]> => {
  bench.say('import of stagedoor/launcher');
  const importing = (specifier: string) => (): Promise<Measured> =>
    runSubject({ subject: 'import', input: { specifier } satisfies ImportInput });
  const { ours, pacote, xstate } = await interleaved(Math.max(bench.runs, 15), {
    ours: importing(launcher),
    pacote: importing('pacote'),
    xstate: importing('xstate'),
  });
  const middle = (runs: readonly Measured[]): number => median(runs.map(run => figure(run, 'ms')));
  const what = 'import of stagedoor/launcher in a fresh process';
  return [
    timed({
      what,
      ours: middle(ours),
      yardstick: { name: 'import pacote', value: middle(pacote) },
      target: { limit: 25 },
    }),
    timed({ what, ours: middle(ours), yardstick: { name: 'import xstate', value: middle(xstate) } }),
    await modulesRow(),
  ];
};
