import { plainText } from '../cli/text.ts';
import type { AllWords } from './chart-words.ts';
import { factsOf, factText, tellerOf } from './fact-words.ts';
import type { ChartName, ChartPlaces, Frame } from './film.ts';
import type { Entry, JournalLine } from './journal-lines.ts';
import { learn, learnLaunch, unknownWorld, type World } from './known-world.ts';
import { type StepWords, stepReader } from './step-words.ts';

export type StepReaders = Readonly<Record<ChartName, ReturnType<typeof stepReader>>>;

/** For all runs of a journal: what was looked up once is known. */
export const stepReaders = (words: AllWords): StepReaders => ({
  supervisor: stepReader(words.supervisor),
  launch: stepReader(words.launch),
  update: stepReader(words.update),
  natives: stepReader(words.natives),
  'plugin-install': stepReader(words['plugin-install']),
});

/** A frame in the making; facts that its step tells of come after it in the journal. */
type Draft = {
  readonly atMs: number;
  readonly chart: ChartName | null;
  readonly by: string;
  readonly places: ChartPlaces;
  readonly words: StepWords | null;
  /** The step's own line, and the facts. */
  readonly step: Entry | null;
  readonly told: Entry[];
};

/** A fact of a step is written in the same moment, with few steps of other charts between them. */
const sameMomentMs = 50;
const fewSteps = 30;

const nowhere: ChartPlaces = {
  supervisor: null,
  launch: null,
  update: null,
  natives: null,
  'plugin-install': null,
};

const isChart = (value: unknown): value is ChartName =>
  typeof value === 'string' && Object.hasOwn(nowhere, value);

/** The frame whose step tells a fact: of the chart's latest steps by the same event, the one that says so. */
const tellerAmong = (drafts: readonly Draft[], event: string, atMs: number): Draft | undefined => {
  const teller = tellerOf(event);
  if (teller === null) return undefined;
  let found: Draft | undefined;
  const first = Math.max(0, drafts.length - fewSteps);
  for (let place = drafts.length - 1; place >= first; place -= 1) {
    const draft = drafts[place];
    if (draft === undefined || atMs - draft.atMs > sameMomentMs) break;
    if (draft.chart !== teller.chart) continue;
    if (found !== undefined && found.by !== draft.by) break;
    if (draft.words?.does.has(teller.action) === true) return draft;
    found ??= draft;
  }
  return undefined;
};

const timeOf = ({ at }: Entry): number => (typeof at === 'string' ? Date.parse(at) : Number.NaN);

/** Takes in line after line; says which draft is new or knows more now. */
const draftTaker = (readers: StepReaders) => {
  const drafts: Draft[] = [];
  let places = nowhere;
  let begun = Number.NaN;
  let atMs = 0;
  const take = ({ entry }: JournalLine): number => {
    const time = timeOf(entry);
    if (Number.isNaN(begun)) begun = time;
    // A clock that is set back must not run the film backwards.
    if (!Number.isNaN(time)) atMs = Math.max(atMs, time - begun);
    const { event, chart, by, state } = entry;
    if (event === 'chart.step' && isChart(chart) && typeof state === 'string') {
      const step = { before: places[chart], by: plainText(by), after: state };
      places = { ...places, [chart]: state };
      const words = readers[chart](step);
      return drafts.push({ atMs, chart, by: step.by, places, words, step: entry, told: [] }) - 1;
    }
    const name = plainText(event);
    const teller = tellerAmong(drafts, name, atMs);
    if (teller === undefined)
      return drafts.push({ atMs, chart: null, by: name, places, words: null, step: null, told: [entry] }) - 1;
    teller.told.push(entry);
    return drafts.lastIndexOf(teller);
  };
  return { drafts, take };
};

const saysOf = ({ words, told }: Draft): string => {
  if (words !== null && told.length === 0) return words.says;
  return [...(words === null ? [] : [words.says]), ...told.map(factText)].join(' ');
};

const allFacts = ({ step, told }: Draft): Record<string, string> => {
  const facts = step === null ? {} : factsOf(step);
  for (const entry of told) Object.assign(facts, factsOf(entry));
  return facts;
};

const frameOf = (draft: Draft, { disk, window }: World): Frame => {
  const { atMs, chart, by, places, words } = draft;
  return {
    atMs,
    chart,
    by,
    places,
    says: saysOf(draft),
    facts: allFacts(draft),
    disk,
    window,
    edge: words?.edge ?? null,
  };
};

/** The frames of a run that may still go on: only those that a line may have changed are made anew. */
export type FrameMaker = {
  readonly add: (line: JournalLine) => void;
  /** All so far, as a list of its own. */
  readonly frames: () => Frame[];
};

export const frameMaker = (readers: StepReaders): FrameMaker => {
  const { drafts, take } = draftTaker(readers);
  const frames: Frame[] = [];
  /** What is known after each frame. */
  const worlds: World[] = [];
  let stale = 0;
  const make = (end: number): void => {
    for (; stale < end; stale += 1) {
      const draft = drafts[stale];
      if (draft === undefined) break;
      const world = { ...(worlds[stale - 1] ?? unknownWorld()) };
      if (draft.chart === 'launch') learnLaunch(world, draft.places.launch ?? '');
      for (const entry of draft.told) learn(world, entry);
      worlds[stale] = world;
      frames[stale] = frameOf(draft, world);
    }
  };
  return {
    add: line => {
      stale = Math.min(stale, take(line));
      // No fact is told of a step that is further back: the work is done as the lines come.
      make(drafts.length - fewSteps - 1);
    },
    frames: () => {
      make(drafts.length);
      return [...frames];
    },
  };
};
