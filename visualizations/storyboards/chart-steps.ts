import type { InspectionEvent } from 'xstate';
import { type ChartName, statePath } from '#src/chart-watch.js';
import { spoken } from '../generate/chart-graph.ts';
import { factsOf } from './chart-facts.ts';

/** One chart has come from one place to another. */
export type ChartStep = {
  readonly chart: ChartName;
  readonly by: string;
  readonly place: string;
  /** The reasons that stand in the chart itself: of the transition, then of what was entered. */
  readonly says: string;
  readonly facts: Readonly<Record<string, string>>;
};

type Described = { readonly id: string; readonly description?: string | undefined };

const chartNames: readonly string[] = ['supervisor', 'launch', 'update'];

const chartOf = ({ actorRef, rootId }: InspectionEvent, root: ChartName): ChartName | null => {
  if (actorRef.sessionId === rootId) return root;
  const id: unknown = 'id' in actorRef ? actorRef.id : null;
  return chartNames.includes(String(id)) ? (id as ChartName) : null;
};

export const sentence = (text: string): string => {
  const first = text.slice(0, 1).toUpperCase() + text.slice(1);
  return first === '' || /[.!?…:]$/.test(first) ? first : `${first}.`;
};

/** The innermost of what was entered: the states around it are known from earlier steps or say less. */
const innermost = (entered: readonly Described[]): readonly Described[] =>
  entered.filter(node => !entered.some(other => other.id.startsWith(`${node.id}.`)));

const reasonsOf = (event: InspectionEvent): readonly string[] =>
  event.type === '@xstate.microstep'
    ? event._transitions.map(({ description }) => (typeof description === 'string' ? description : ''))
    : [];

/** The event that moved it; a transition that waits for none has happened at once. */
const causeOf = (event: Extract<InspectionEvent, { event: unknown }>): string => {
  const { type } = event.event;
  if (type === 'xstate.init') return 'begins';
  const taken = event.type === '@xstate.microstep' ? event._transitions : [];
  const isAlways = taken.length > 0 && taken.every(({ eventType }) => eventType === '');
  return spoken(isAlways ? '' : type).text;
};

/** Tells each move of the charts below (and with) one root, transient states included. */
export const watchSteps = (tell: (step: ChartStep) => void, root: ChartName = 'supervisor') => {
  const last = new Map<ChartName, string>();
  const known = new Map<ChartName, ReadonlySet<string>>();
  return (event: InspectionEvent): void => {
    if (event.type !== '@xstate.microstep' && event.type !== '@xstate.snapshot') return;
    const chart = chartOf(event, root);
    if (chart === null || !('value' in event.snapshot)) return;
    const place = statePath(event.snapshot.value);
    if (last.get(chart) === place) return;
    last.set(chart, place);
    // What xstate calls private: the nodes carry the descriptions.
    const nodes = '_nodes' in event.snapshot ? (event.snapshot._nodes as readonly Described[]) : [];
    const before = known.get(chart) ?? new Set();
    known.set(chart, new Set(nodes.map(({ id }) => id)));
    const entered = innermost(nodes.filter(({ id }) => !before.has(id)));
    const texts = [...reasonsOf(event), ...entered.map(({ description = '' }) => description)];
    const said = [...new Set(texts.map(sentence).filter(text => text !== ''))];
    const context: unknown = 'context' in event.snapshot ? event.snapshot.context : null;
    tell({ chart, by: causeOf(event), place, says: said.join(' '), facts: factsOf(chart, context) });
  };
};
