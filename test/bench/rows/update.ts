import { type Bench, inFolder, type Subject } from '../bench.ts';
import { type Row, timed } from '../row.ts';
import { interleaved, median } from '../statistics.ts';
import { figure, type Measured, runSubject } from '../subject-process.ts';

/** What both sides of an update are told. */
export type UpdateInput = {
  readonly name: string;
  readonly registry: string;
  /** Empty: of ours the store, of pacote tree and cache. */
  readonly folder: string;
  readonly bundled: string;
  /** One check of the old version comes first, outside of the measured time. */
  readonly warm: boolean;
};

const once = (bench: Bench, subject: Subject, side: string, warm: boolean) => (): Promise<Measured> =>
  inFolder(bench, folder => {
    const { name, bundled, announce } = subject;
    announce(warm ? 'old' : 'new');
    const input: UpdateInput = { name, bundled, folder, registry: bench.registry.url, warm };
    return runSubject({ subject: side, input, onWarm: () => announce('new') });
  });

type Pair = { readonly ours: readonly Measured[]; readonly pacote: readonly Measured[] };
type Series = { readonly warm: Pair; readonly cold: Pair };

/** All packages, ways and sides in turns: a burst of other work on the machine meets one round, not one row. */
const measure = async (bench: Bench, subjects: readonly Subject[]): Promise<readonly Series[]> => {
  const programs = ['update', 'pacote-extract'];
  const sides = subjects.flatMap((subject, index) =>
    [true, false].flatMap(warm =>
      programs.map(program => [`${index} ${warm} ${program}`, once(bench, subject, program, warm)] as const),
    ),
  );
  const figures: Readonly<Record<string, readonly Measured[]>> = await interleaved(
    bench.runs,
    Object.fromEntries(sides),
  );
  const runsOf = (index: number, warm: boolean, program: string): readonly Measured[] =>
    figures[`${index} ${warm} ${program}`] ?? [];
  const pair = (index: number, warm: boolean): Pair => ({
    ours: runsOf(index, warm, 'update'),
    pacote: runsOf(index, warm, 'pacote-extract'),
  });
  return subjects.map((_, index) => ({ warm: pair(index, true), cold: pair(index, false) }));
};

const middle = (runs: readonly Measured[], name: string): number =>
  median(runs.map(run => figure(run, name)));

const warmRow = ({ label }: Subject, { ours, pacote }: Pair): Row =>
  timed({
    what: `update of ${label}, warm process (after one check each)`,
    ours: middle(ours, 'ms'),
    yardstick: { name: 'pacote.extract', value: middle(pacote, 'ms') },
    target: { ratio: 0.6 },
  });

/** Time and memory of a cold process are for information: starting Node and importing pacote is most of both sides. */
const coldRows = ({ label }: Subject, { ours, pacote }: Pair): readonly Row[] => {
  const wall = (runs: readonly Measured[]): number => median(runs.map(({ processMs }) => processMs));
  return [
    timed({
      what: `update of ${label}, whole cold process (spawn to exit)`,
      ours: wall(ours),
      yardstick: { name: 'import pacote + extract', value: wall(pacote) },
    }),
    timed({
      what: 'peak memory of the same process, worker included',
      ours: middle(ours, 'megabytes'),
      yardstick: { name: 'pacote.extract', value: middle(pacote, 'megabytes') },
      unit: value => `${Math.round(value)} MB`,
    }),
    timed({
      what: `longest block of the main event loop, update of ${label}, cold worker`,
      ours: middle(ours, 'blockedMs'),
      yardstick: { name: 'import pacote + extract', value: middle(pacote, 'blockedMs') },
      target: { limit: 16 },
    }),
  ];
};

/** Rows of an update, each beside a bare `pacote.extract` of the same tarball from the same registry. */
export const updateRows = async (bench: Bench, subjects: readonly Subject[]): Promise<readonly Row[]> => {
  bench.say(`updates of ${subjects.map(({ label }) => label).join(' and ')}, warm and cold`);
  const series = await measure(bench, subjects);
  return subjects.flatMap((subject, index) => {
    const measured = series[index];
    return measured === undefined
      ? []
      : [warmRow(subject, measured.warm), ...coldRows(subject, measured.cold)];
  });
};
