import { defaultLaunchInput } from '../../../../machines/launch.ts';
import { defaultSchedule } from '../../../../machines/schedule.ts';
import type { ChartName } from '../../../film/film.ts';
import { type Chart, charts } from './chart-data.ts';
import { type Choice, type ChoiceGroup, choicesIn } from './choices.ts';
import { firstMove, type Move } from './moves.ts';

const inputs: Readonly<Record<ChartName, unknown>> = {
  supervisor: { schedule: defaultSchedule, launch: defaultLaunchInput },
  launch: defaultLaunchInput,
  update: { schedule: null },
};

/** One step of a walk through a chart: what was chosen, and what came of it. */
export type WalkStep = { readonly choice: Choice | null; readonly text: string; readonly move: Move };

export type Walk = {
  readonly steps: readonly WalkStep[];
  /** The first choice of the path that the chart does not offer there; null: all were taken. */
  readonly lost: string | null;
};

const beginnings = new Map<ChartName, WalkStep>();
const beginning = (chart: Chart): WalkStep => {
  const known = beginnings.get(chart.name);
  if (known !== undefined) return known;
  const step = { choice: null, text: 'begins', move: firstMove(chart, inputs[chart.name]) };
  beginnings.set(chart.name, step);
  return step;
};

const words = ({ text }: ChoiceGroup, { says }: Choice): string => (says === '' ? text : `${text}: ${says}`);

const follow = (chart: Chart, from: WalkStep, id: string): WalkStep | null => {
  for (const group of choicesIn(chart, from.move.after)) {
    const choice = group.choices.find(each => each.id === id);
    if (choice !== undefined && choice.leads !== null)
      return { choice, text: words(group, choice), move: choice.leads.move };
  }
  return null;
};

const walks = new Map<string, WalkStep>();

/** The steps of a path, pure; each prefix is gone through once. */
export const walkAlong = (name: ChartName, path: readonly string[]): Walk => {
  const chart = charts[name];
  const steps = [beginning(chart)];
  for (const [at, id] of path.entries()) {
    const from = steps[at];
    if (from === undefined) break;
    const key = `${name} ${path.slice(0, at + 1).join(',')}`;
    const step = walks.get(key) ?? follow(chart, from, id);
    if (step === null) return { steps, lost: id };
    walks.set(key, step);
    steps.push(step);
  }
  return { steps, lost: null };
};
