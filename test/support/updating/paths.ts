import fc from 'fast-check';
import type { AnyMachineSnapshot, EventObject } from 'xstate';
import { type UpdateContext, type UpdateInput, updateMachine } from '#machines/update.js';
import { createCoverage } from '../charts/coverage.ts';
import { broke, done, explore, follow, type Path } from '../charts/exploration.ts';
import { describePath, replay } from '../charts/replay.ts';
import { answers, failure, gateClosed, matched, pinned, schedule } from '../charts/samples.ts';
import { updateSlots } from '../charts/slots.ts';
import { wishOf } from './arrangement.ts';

export const updateInput: UpdateInput = { schedule: null };

const { available, adoptable, ...settledAtOnce } = answers();
const offers = [available, adoptable].flatMap(offer => [offer, { ...offer, refusal: pinned }]);
const checked = [...offers, ...Object.values(settledAtOnce)];
const unreachable = failure('REGISTRY_UNREACHABLE');

const outcomesByType: Readonly<Record<string, readonly EventObject[]>> = {
  'xstate.done.actor.checkRegistry': checked.map(answer => done('checkRegistry', answer)),
  'xstate.done.actor.adoptFolder': [done('adoptFolder', { tree: 'a' })],
  'xstate.done.actor.matchNatives': [done('matchNatives', matched), done('matchNatives', gateClosed)],
  'xstate.error.actor.matchNatives': [broke('matchNatives', failure('INTERNAL'))],
  'xstate.done.actor.verifyTree': [done('verifyTree', { tree: 'b' })],
  'xstate.done.actor.commitPointer': [
    done('commitPointer', { kind: 'committed', seq: 1, superseded: null }),
    done('commitPointer', { kind: 'overtaken', by: '9.0.0' }),
  ],
  'xstate.error.actor.checkRegistry': [
    broke('checkRegistry', unreachable),
    broke('checkRegistry', failure('REGISTRY_MALFORMED')),
  ],
  'xstate.error.actor.download': [
    broke('download', unreachable),
    broke('download', failure('INTEGRITY_MISMATCH')),
  ],
  'update.check': [{ type: 'update.check', origin: 'host' } as EventObject],
  'update.stage': [{ type: 'update.stage', origin: 'schedule' } as EventObject],
};

/** What can happen to real effects in a state: a timer that is armed, a clean-up that has something to remove. */
const outcomes = (type: string, state: AnyMachineSnapshot): readonly EventObject[] | undefined => {
  const { schedule: current, deferral, scratch } = state.context as UpdateContext;
  const known = outcomesByType[type];
  if (known !== undefined) return known;
  if (type === 'update.schedule' && state.hasTag('busy')) return [];
  if (type === 'update.schedule')
    return [{ type, schedule: current === null ? schedule : null } as EventObject];
  if (type === 'update.defer') return deferral === null ? [{ type, refusal: pinned } as EventObject] : [];
  if (type === 'update.permit') return deferral === null ? [] : undefined;
  if (type === 'update.wake' || type.startsWith('xstate.after.')) return current === null ? [] : undefined;
  if (type === 'xstate.error.actor.cleanScratch' && scratch === null) return [];
  const broken = /^xstate\.error\.actor\.(.+)$/.exec(type)?.[1];
  return broken === undefined ? undefined : [broke(broken, failure('DISK_FULL'))];
};

/** All that real effects and the guards after them depend on. */
const project = ({ value, context }: AnyMachineSnapshot): unknown => {
  const { order, deferral, schedule: current, scratch, tree, result } = context as UpdateContext;
  return [value, order, deferral !== null, current !== null, scratch, tree, result?.kind];
};

const exploration = { input: updateInput, outcomes, project, limit: 200_000 };

/** What a host has been told once makes no difference to effects: its one edge has a path of its own. */
const toldBefore = (): Path => {
  const outgrown = ['update.stage', 'checkRegistry outgrown'];
  return pathOf(...outgrown, ...outgrown);
};

/** Every edge of the chart from every state that differs for real effects. */
export const realPaths = (): readonly Path[] => [...explore(updateMachine, exploration), toldBefore()];

/** How likely something is in a long walk: it shall get far, and meet trouble everywhere. */
const weightOf = (event: EventObject): number => {
  const wish = wishOf(event);
  if (wish === 'checkRegistry available') return 24;
  if (wish === 'checkRegistry adoptable') return 12;
  if (wish.startsWith('checkRegistry') || event.type === 'update.cancel') return 2;
  if (wish.includes(' fails') || wish.endsWith('overtaken')) return 4;
  return ['update.defer', 'update.check', 'update.schedule'].includes(event.type) ? 1 : 12;
};

/** The event that a number from 0 up to 1 points at, each as wide as its weight. */
const chosen = (events: readonly EventObject[], choice: number): EventObject | null => {
  let left = choice * events.reduce((sum, event) => sum + weightOf(event), 0);
  for (const event of events) {
    left -= weightOf(event);
    if (left < 0) return event;
  }
  return null;
};

const steps = 40;
const choicesOfWalk = fc.array(fc.noBias(fc.integer({ min: 0, max: 999_999 })), {
  minLength: steps,
  maxLength: steps,
});

/** Long walks of run after run in one store. */
export const longWalks = (seed: number, count: number): readonly Path[] =>
  fc.sample(choicesOfWalk, { seed, numRuns: count }).map(choices => longWalk(choices.map(one => one / 1e6)));

const longWalk = (choices: readonly number[]): Path =>
  follow(updateMachine, exploration, (events, at) => {
    const choice = choices[at];
    return choice === undefined ? null : chosen(events, choice);
  });

/** The path of these wishes and types of events, such as `download fails` or `update.stage`. */
export const pathOf = (...wanted: readonly string[]): Path => {
  const path = follow(
    updateMachine,
    exploration,
    (events, at) => events.find(event => (wishOf(event) || event.type) === wanted[at]) ?? null,
  );
  if (path.length < wanted.length) throw new Error(`no '${wanted[path.length]}' after ${describePath(path)}`);
  return path;
};

const offered = ['update.stage', 'checkRegistry available'];
const adopting = ['update.stage', 'checkRegistry adoptable'];
const downloaded = [...offered, 'download'];
export const unpacked = [...downloaded, 'extract'];
export const fitting = [...unpacked, 'matchNatives open'];
const withNatives = [...fitting, 'stageNatives'];
export const verified = [...withNatives, 'verifyTree'];
const abandoned = [...offered, 'update.cancel', 'cleanScratch'];
const unpointed = [...verified, 'commitPointer fails', 'cleanScratch'];

/** What leads to the gate of an effect. */
const waysTo: Readonly<Record<string, readonly string[]>> = {
  checkRegistry: ['update.stage'],
  adoptFolder: adopting,
  download: offered,
  extract: downloaded,
  matchNatives: unpacked,
  stageNatives: fitting,
  verifyTree: withNatives,
  commitPointer: verified,
  cleanScratch: [...offered, 'update.cancel'],
};

/** What the ways below need of the world, where they have the choice. */
export const usualArrangements = [
  'checkRegistry available: a newer version',
  'commitPointer fails: a folder in place of the pointer',
];

/** A short path to an arrangement of the world, `WISH: NAME`, or to one that leads up to it. */
export const pathToArrangement = (arrangement: string): Path => {
  const wish = arrangement.replace(/:.*$/, '');
  if (wish.startsWith('cancel '))
    return pathOf(...(waysTo[wish.slice(7)] ?? []), 'update.cancel', 'cleanScratch');
  if (arrangement.includes('a package that is'))
    return pathOf(...downloaded, 'extract fails', 'cleanScratch');
  if (wish === 'checkRegistry available') return pathOf(...abandoned, ...offered);
  if (wish === 'checkRegistry adoptable') return pathOf(...unpointed, ...adopting);
  if (arrangement.includes('adopted')) return pathOf(...adopting, 'adoptFolder', wish, 'cleanScratch');
  return pathOf(...(waysTo[/^\w+/.exec(wish)?.[0] ?? ''] ?? []), wish);
};

type Transitions = ReadonlySet<string>;

const onFakes = updateMachine.provide({ actors: updateSlots().actors });

const transitionsOn = (path: Path): Transitions => {
  const coverage = createCoverage();
  replay(onFakes, updateInput, path, [], coverage).stop();
  return coverage.transitions;
};

/** The few paths that together take every transition, found greedily. */
export const coverOf = (paths: readonly Path[]): readonly Path[] => {
  const candidates = paths.map(path => ({ path, takes: transitionsOn(path) }));
  const taken = new Set<string>();
  const gain = ({ takes, path }: (typeof candidates)[number]): number =>
    [...takes].filter(key => !taken.has(key)).length - path.length / 1000;
  const cover: Path[] = [];
  for (;;) {
    const best = candidates.reduce((a, b) => (gain(b) > gain(a) ? b : a));
    if (gain(best) <= 0) return cover;
    cover.push(best.path);
    for (const key of best.takes) taken.add(key);
  }
};
