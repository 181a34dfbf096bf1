import { defaultLaunchInput } from '../../../../machines/launch.ts';
import { defaultSchedule } from '../../../../machines/schedule.ts';
import type { ChartName } from '../../../film/film.ts';
import { type Chart, charts } from './chart-data.ts';
import { type Choice, type ChoiceGroup, choicesIn } from './choices.ts';
import { firstMove, type Move } from './moves.ts';
import { placeOf } from './place.ts';
import { pluginWish } from './plugin-samples.ts';
import { chain } from './sample.ts';

/** How a chart may begin, the usual way first. */
const beginnings: Readonly<
  Record<ChartName, readonly { readonly id: string; readonly says: string; readonly input: unknown }[]>
> = {
  supervisor: [
    {
      id: 'begin',
      says: 'with a schedule of checks',
      input: { schedule: defaultSchedule, launch: defaultLaunchInput },
    },
    {
      id: 'begin:without-updates',
      says: 'without updates, as in a development shell',
      input: { schedule: null, launch: defaultLaunchInput },
    },
  ],
  launch: [{ id: 'begin', says: '', input: defaultLaunchInput }],
  update: [{ id: 'begin', says: '', input: { schedule: null } }],
  natives: [
    { id: 'auto', says: 'a start', input: { mode: 'auto', subject: { candidate: chain[0] } } },
    {
      id: 'skip',
      says: 'a start of a user who wants no trees',
      input: { mode: 'skip', subject: { candidate: chain[0] } },
    },
    { id: 'staging', says: 'an update', input: { mode: 'auto', subject: { candidate: null } } },
  ],
  'plugin-install': [
    { id: 'add', says: 'a plugin is wanted', input: { task: 'add', wish: pluginWish } },
    { id: 'remove', says: 'a plugin is to go', input: { task: 'remove', wish: pluginWish } },
  ],
};

/** One step of a walk through a chart: what was chosen, and what came of it. */
export type WalkStep = { readonly choice: Choice | null; readonly text: string; readonly move: Move };

export type Walk = {
  readonly steps: readonly WalkStep[];
  /** The first choice of the path that the chart does not offer there; null: all were taken. */
  readonly lost: string | null;
};

const firstSteps = new Map<ChartName, WalkStep>();
const firstStep = (chart: Chart): WalkStep => {
  const known = firstSteps.get(chart.name);
  if (known !== undefined) return known;
  const step = { choice: null, text: 'begins', move: firstMove(chart, beginnings[chart.name][0]?.input) };
  firstSteps.set(chart.name, step);
  return step;
};

/** Before anything has happened a chart may begin in another way. */
const otherBeginnings = (chart: Chart): readonly ChoiceGroup[] => {
  const choices = beginnings[chart.name].slice(1).map(({ id, says, input }) => {
    const move = firstMove(chart, input);
    const leads = {
      guard: null,
      to: null,
      description: '',
      move,
      way: [placeOf(move.after).replaceAll(' ', ', ')],
    };
    return { id, says, event: { type: id }, leads };
  });
  return choices.length === 0
    ? []
    : [{ type: 'begin', kind: 'event', text: 'begins', choices, branches: [] }];
};

/** What can happen after a step. */
export const choicesAfter = (name: ChartName, step: WalkStep): readonly ChoiceGroup[] => {
  const chart = charts[name];
  const next = choicesIn(chart, step.move.after);
  return step === firstSteps.get(name) ? [...next, ...otherBeginnings(chart)] : next;
};

const words = ({ text }: ChoiceGroup, { says }: Choice): string => (says === '' ? text : `${text}: ${says}`);

const follow = (chart: Chart, from: WalkStep, id: string): WalkStep | null => {
  for (const group of choicesAfter(chart.name, from)) {
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
  const steps = [firstStep(chart)];
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
