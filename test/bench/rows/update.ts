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

const bothSides = (bench: Bench, subject: Subject, warm: boolean) =>
  interleaved(bench.runs, {
    ours: once(bench, subject, 'update', warm),
    pacote: once(bench, subject, 'pacote-extract', warm),
  });

const middle = (runs: readonly Measured[], name: string): number =>
  median(runs.map(run => figure(run, name)));

const warmRow = async (bench: Bench, subject: Subject): Promise<Row> => {
  bench.say(`update of ${subject.label}, warm`);
  const { ours, pacote } = await bothSides(bench, subject, true);
  return timed({
    what: `update of ${subject.label}, warm process (after one check each)`,
    ours: middle(ours, 'ms'),
    yardstick: { name: 'pacote.extract', value: middle(pacote, 'ms') },
    target: { ratio: 0.6 },
  });
};

/**
 * One series of cold processes serves three rows. Its time and memory are for information: starting Node and importing
 * pacote is most of it, and is the same on both sides.
 */
const coldRows = async (bench: Bench, subject: Subject): Promise<readonly Row[]> => {
  bench.say(`update of ${subject.label}, cold`);
  const { ours, pacote } = await bothSides(bench, subject, false);
  const wall = (runs: readonly Measured[]): number => median(runs.map(({ processMs }) => processMs));
  return [
    timed({
      what: `update of ${subject.label}, whole cold process (spawn to exit)`,
      ours: wall(ours),
      yardstick: { name: 'import pacote + extract', value: wall(pacote) },
    }),
    timed({
      what: `peak memory of the same process, worker included`,
      ours: middle(ours, 'megabytes'),
      yardstick: { name: 'pacote.extract', value: middle(pacote, 'megabytes') },
      unit: value => `${Math.round(value)} MB`,
    }),
    timed({
      what: `longest block of the main event loop, update of ${subject.label}, cold worker`,
      ours: middle(ours, 'blockedMs'),
      yardstick: { name: 'import pacote + extract', value: middle(pacote, 'blockedMs') },
      target: { limit: 16 },
    }),
  ];
};

/** Rows of an update, each beside a bare `pacote.extract` of the same tarball from the same registry. */
export const updateRows = async (bench: Bench, subjects: readonly Subject[]): Promise<readonly Row[]> => {
  const rows: Row[] = [];
  for (const subject of subjects) {
    rows.push(await warmRow(bench, subject), ...(await coldRows(bench, subject)));
  }
  return rows;
};
