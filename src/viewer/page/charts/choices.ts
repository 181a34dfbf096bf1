import {
  type AnyMachineSnapshot,
  type AnyTransitionDefinition,
  type EventObject,
  getNextTransitions,
} from 'xstate';
import { type EdgeKind, spoken } from '../../../../visualizations/generate/chart-graph.ts';
import type { ChartName } from '../../../film/film.ts';
import { type Chart, shortName } from './chart-data.ts';
import { launchSamples } from './launch-samples.ts';
import { type Move, moveBy, takenBy } from './moves.ts';
import { nativesSamples } from './natives-samples.ts';
import { placeOf } from './place.ts';
import { pluginSamples } from './plugin-samples.ts';
import { type Samples, sample } from './sample.ts';
import { supervisorSamples } from './supervisor-samples.ts';
import { updateSamples } from './update-samples.ts';

const samples: Readonly<Record<ChartName, Samples>> = {
  supervisor: supervisorSamples,
  launch: launchSamples,
  update: updateSamples,
  natives: nativesSamples,
  'plugin-install': pluginSamples,
};

/** A way out of a state, as the chart's author wrote it. */
export type Branch = {
  readonly guard: string | null;
  /** Null: it stays. */
  readonly to: string | null;
  readonly description: string;
};

/** Something that can happen now, or that could if a guard admitted it. */
export type Choice = {
  /** For a link; unique in its state. */
  readonly id: string;
  readonly says: string;
  readonly event: { readonly type: string };
  /** What would come of it; null: no guard admits it here. */
  readonly leads: (Branch & { readonly move: Move; readonly way: readonly string[] }) | null;
};

export type ChoiceGroup = {
  readonly type: string;
  readonly kind: EdgeKind;
  /** The event in words: `download failed`. */
  readonly text: string;
  readonly choices: readonly Choice[];
  /** In the order in which they are asked. */
  readonly branches: readonly Branch[];
};

const guardOf = ({ guard }: AnyTransitionDefinition): string | null => {
  const named: unknown = guard;
  if (typeof named === 'string') return named;
  return typeof named === 'object' && named !== null && 'type' in named ? String(named.type) : null;
};

export const branchOf = (transition: AnyTransitionDefinition): Branch => {
  const described: unknown = transition.description;
  const [target] = transition.target ?? [];
  return {
    guard: guardOf(transition),
    to: target === undefined ? null : shortName(target.id),
    description: typeof described === 'string' ? described : '',
  };
};

/** `xstate.done.actor.download` is `done.download` in a link. */
const linkName = (type: string): string =>
  type
    .replace(/^xstate\.(done|error)\.(?:actor|state)\./, '$1.')
    .replace(/^xstate\.snapshot\./, 'changed.')
    .replace(/^xstate\.after\.([^.]+)\..*$/, 'after.$1');

/** Through which states an event leads, and where to; regions side by side only by where they come to stand. */
const wayOf = (chart: Chart, before: readonly string[], move: Move): readonly string[] => {
  const after = placeOf(move.after).split(' ');
  const fresh = after.filter(place => !before.includes(place));
  const [leaf = ''] = after;
  const targets = move.edges.map(edge => shortName(chart.edges.get(edge)?.to ?? edge));
  if (after.length > 1) return fresh.length > 0 ? [fresh.join(', ')] : targets;
  if (targets.length === 0) return fresh;
  return [...targets.filter(target => target !== leaf && !leaf.startsWith(`${target}.`)), leaf];
};

const leadsOf = (chart: Chart, state: AnyMachineSnapshot, event: EventObject): Choice['leads'] => {
  const [taken] = takenBy(chart, state, event);
  const move = taken === undefined ? null : moveBy(chart, state, event);
  if (taken === undefined || move === null) return null;
  return { ...branchOf(taken), move, way: wayOf(chart, placeOf(state).split(' '), move) };
};

const choicesOf = (chart: Chart, state: AnyMachineSnapshot, type: string): readonly Choice[] => {
  const offered = samples[chart.name](type, state.context) ?? [sample('', '', { type })];
  return offered.map(({ key, says, event }) => ({
    id: key === '' ? linkName(type) : `${linkName(type)}:${key}`,
    says,
    event,
    leads: leadsOf(chart, state, event),
  }));
};

const order: readonly EdgeKind[] = ['done', 'error', 'changed', 'after', 'event'];

const groupsIn = (chart: Chart, state: AnyMachineSnapshot): readonly ChoiceGroup[] => {
  if (state.status !== 'active') return [];
  const next = getNextTransitions(state).filter(({ eventType }) => eventType !== '');
  const types = [...new Set(next.map(({ eventType }) => eventType))];
  return types
    .map(type => ({
      type,
      ...spoken(type),
      choices: choicesOf(chart, state, type),
      branches: next.filter(({ eventType }) => eventType === type).map(branchOf),
    }))
    .filter(({ choices }) => choices.length > 0)
    .toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
};

const known = new WeakMap<AnyMachineSnapshot, readonly ChoiceGroup[]>();

/** Everything that can happen in a state, what is under way first. */
export const choicesIn = (chart: Chart, state: AnyMachineSnapshot): readonly ChoiceGroup[] => {
  const groups = known.get(state) ?? groupsIn(chart, state);
  known.set(state, groups);
  return groups;
};

/** The choice that takes an arrow, at once if there is one. */
export const choiceTaking = (groups: readonly ChoiceGroup[], edge: string): Choice | undefined => {
  const possible = groups.flatMap(({ choices }) => choices).filter(({ leads }) => leads !== null);
  return (
    possible.find(({ leads }) => leads?.move.edges[0] === edge) ??
    possible.find(({ leads }) => leads?.move.edges.includes(edge))
  );
};

export const groupTitles: Readonly<Record<EdgeKind, string>> = {
  done: 'An effect is done',
  error: 'An effect fails',
  changed: 'A child chart changes',
  after: 'Time passes',
  event: 'Something happens outside',
  always: 'At once',
};
