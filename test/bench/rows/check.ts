import type { SeenRequest } from '#src/testing/index.js';
import { type Bench, inFolder, type Subject } from '../bench.ts';
import { type Row, timed, verdictOf } from '../row.ts';
import { interleaved, median } from '../statistics.ts';
import { figure, type Measured, runSubject } from '../subject-process.ts';

export type CheckInput = {
  readonly name: string;
  readonly registry: string;
  readonly store: string;
  readonly bundled: string;
  /** How many checks come first. */
  readonly before: number;
};

type Seen = { readonly measured: Measured; readonly requests: readonly SeenRequest[] };

/** The requests are those that came after the process said that it is warm. */
const checkOnce = async (bench: Bench, side: string, input: CheckInput): Promise<Seen> => {
  const { requests } = bench.registry;
  let from = requests.length;
  const onWarm = (): void => {
    from = requests.length;
  };
  const measured = await runSubject({ subject: side, input, onWarm });
  return { measured, requests: requests.slice(from) };
};

const describe = (requests: readonly SeenRequest[]): string =>
  requests.length === 0
    ? 'none'
    : requests
        .map(
          ({ subject, conditional, status }) =>
            `${conditional ? 'conditional' : 'plain'} ${subject} ${status}`,
        )
        .join(' + ');

const isOneConditional = ([request, ...others]: readonly SeenRequest[]): boolean =>
  request?.conditional === true && request.status === 304 && others.length === 0;

const requestsRow = (what: string, ours: Seen, pacote: Seen): Row => ({
  what,
  ours: `${ours.requests.length}: ${describe(ours.requests)}`,
  yardstick: `pacote.manifest: ${pacote.requests.length}: ${describe(pacote.requests)}`,
  ratio: null,
  range: null,
  target: 'one conditional, 304',
  verdict: verdictOf(isOneConditional(ours.requests)),
  counted: true,
});

/** A check that finds nothing new: how often it asks, and how long it takes in a living process. */
export const checkRows = async (bench: Bench, subject: Subject): Promise<readonly Row[]> => {
  bench.say(`up-to-date check of ${subject.label}`);
  subject.announce('old');
  const { name, bundled } = subject;
  const checks = (side: string, stores: string, before: number): Promise<Seen> =>
    checkOnce(bench, side, { name, bundled, registry: bench.registry.url, store: stores, before });
  const counted = await inFolder(bench, async ours =>
    inFolder(bench, async pacote => [
      requestsRow(
        'requests of an up-to-date check, warm cache, same process',
        await checks('check', ours, 1),
        await checks('pacote-check', pacote, 1),
      ),
      requestsRow(
        'requests of an up-to-date check, warm cache, fresh process',
        await checks('check', ours, 0),
        await checks('pacote-check', pacote, 0),
      ),
    ]),
  );
  const timedOnce = (side: string) => (): Promise<Measured> =>
    inFolder(bench, async folder => (await checks(side, folder, 3)).measured);
  const { ours, pacote } = await interleaved(bench.runs, {
    ours: timedOnce('check'),
    pacote: timedOnce('pacote-check'),
  });
  const middle = (runs: readonly Measured[]): number => median(runs.map(run => figure(run, 'ms')));
  return [
    ...counted,
    timed({
      what: 'time of an up-to-date check (304), living process',
      ours: middle(ours),
      yardstick: { name: 'pacote.manifest', value: middle(pacote) },
    }),
  ];
};
