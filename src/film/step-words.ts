import type { ChartWords, MoveWords } from './chart-words.ts';
import { sentence } from './fact-words.ts';

/** What a step of a chart means. */
export type StepWords = {
  readonly says: string;
  /** The arrow that was taken; null: none is known, or it stayed. */
  readonly edge: string | null;
  /** What is done on the way, by name: the facts that this step tells of are among them. */
  readonly does: ReadonlySet<string>;
};

/** A path and all above it, the deepest first; the root is ''. */
const upwards = (path: string): string[] => {
  const parts = path.split('.');
  return [...parts.map((_, index) => parts.slice(0, parts.length - index).join('.')), ''];
};

const leavesOf = (state: string | null): string[] => (state === null || state === '' ? [] : state.split(' '));

const isIn = (leaves: readonly string[], path: string): boolean =>
  path === '' || leaves.some(leaf => leaf === path || leaf.startsWith(`${path}.`));

type Step = { readonly before: string | null; readonly by: string; readonly after: string };

/** The first arrow that leads from there to here with that event; an event may lead on at once. */
const moveOf = (words: ChartWords, { before, by, after }: Step): MoveWords | null => {
  const leaves = leavesOf(after);
  const fits = ({ to }: MoveWords): boolean => (to === null ? before === after : isIn(leaves, to));
  for (const type of [by, '']) {
    for (const place of leavesOf(before).flatMap(upwards)) {
      const own = Object.hasOwn(words.moves, place) ? words.moves[place] : undefined;
      const move = own !== undefined && Object.hasOwn(own, type) ? own[type]?.find(fits) : undefined;
      if (move !== undefined) return move;
    }
  }
  return null;
};

/** The states that are new, the outer ones first. */
const entered = ({ before, after }: Step): string[] => {
  const left = leavesOf(before);
  const all = leavesOf(after).flatMap(leaf => upwards(leaf).toReversed());
  return [...new Set(all)].filter(path => (path === '' ? before === null : !isIn(left, path)));
};

const describe = (
  words: ChartWords,
  step: Step,
  places: readonly string[],
  move: MoveWords | null,
): string => {
  if (move !== null && move.description !== '') return move.description;
  const described = places.map(place => words.states[place]?.description ?? '').filter(text => text !== '');
  // Where several regions begin at once, none of them says what the chart is.
  const best = step.before === null && step.after.includes(' ') ? described.at(0) : described.at(-1);
  if (best !== undefined) return best;
  return step.before === step.after ? `It hears ${step.by} and stays.` : `${step.by} leads to ${step.after}.`;
};

/** Explains steps of one chart by its own descriptions. The same step is looked up once. */
export const stepReader = (words: ChartWords): ((step: Step) => StepWords) => {
  const known = new Map<string, StepWords>();
  return step => {
    const key = `${step.before}|${step.by}|${step.after}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const move = moveOf(words, step);
    const stays = move?.to === null;
    // A state that is left and entered by one step is entered all the same.
    const target = move?.to ?? null;
    const places = stays ? [] : [...new Set([...entered(step), ...(target === null ? [] : [target])])];
    const entry = places.flatMap(place => words.states[place]?.entry ?? []);
    const meaning = {
      says: sentence(describe(words, step, places, move)),
      edge: stays ? null : (move?.edge ?? null),
      does: new Set([...(move?.actions ?? []), ...entry]),
    };
    known.set(key, meaning);
    return meaning;
  };
};
