import type { ChartPlaces, Frame } from '#src/film/film.js';
import { type ChartStep, sentence } from './chart-steps.ts';
import type { PlainText } from './plain-text.ts';

type Step = ChartStep & { window: string | null };

/** Takes the frames of one film. */
export type Camera = {
  readonly frames: readonly Frame[];
  readonly places: () => ChartPlaces;
  /** A chart has moved; the frame is taken by the next `flush`. */
  readonly step: (step: ChartStep) => void;
  /** The window has changed since the last step. */
  readonly repaint: (window: string) => void;
  /** Takes the frames of what has moved since the last call: nothing on disk has changed in between. */
  readonly flush: () => void;
  /** Something outside of the charts has happened. */
  readonly outside: (by: string, says: string) => void;
  /** The same, where it counts only if it has changed the disk or the window. */
  readonly trace: (by: string, says: string) => void;
  /** No chart runs any more. */
  readonly lose: (window: string) => void;
  readonly record: (on: boolean) => void;
};

export const nowhere: ChartPlaces = {
  supervisor: null,
  launch: null,
  update: null,
  natives: null,
  'plugin-install': null,
};

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A step without a reason in the chart is told by its name. */
const told = ({ says, by, place }: ChartStep): string =>
  says === '' ? sentence(`${by}: ${place.replace(/^.*\./, '')}`) : says;

export const createCamera = (look: () => Readonly<Record<string, string>>, plain: PlainText): Camera => {
  const frames: Frame[] = [];
  let steps: Step[] = [];
  let places = nowhere;
  let window = 'The app is not open.';
  let recording = true;

  const plainly = (lines: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(lines).map(([name, line]) => [name, plain(line)]));

  const take = (frame: Pick<Frame, 'chart' | 'by' | 'says'> & { facts?: Frame['facts'] }): void => {
    if (!recording) return;
    const { chart, by, says, facts = {} } = frame;
    frames.push({
      atMs: null,
      chart,
      by,
      places,
      says: plain(says),
      facts: plainly(facts),
      disk: plainly(look()),
      window: plain(window),
    });
  };

  const outside = (by: string, says: string): void => take({ chart: null, by, says });

  return {
    frames,
    places: () => places,
    step: step => {
      // A chart may move before its window is told: the next step inherits what the last one showed.
      steps.push({ ...step, window: null });
    },
    repaint: text => {
      const last = steps.at(-1);
      if (last === undefined) window = text;
      else last.window = text;
    },
    flush: () => {
      const batch = steps;
      steps = [];
      for (const step of batch) {
        places = { ...places, [step.chart]: step.place };
        window = step.window ?? window;
        // These two stand ready before anything has happened.
        if (step.by === 'begins' && (step.chart === 'supervisor' || step.chart === 'update')) continue;
        take({ chart: step.chart, by: step.by, says: told(step), facts: step.facts });
      }
    },
    outside,
    trace: (by, says) => {
      const last = frames.at(-1);
      const news = last === undefined || !same(last.disk, plainly(look())) || last.window !== plain(window);
      if (news) outside(by, says);
    },
    lose: text => {
      steps = [];
      places = nowhere;
      window = text;
    },
    record: on => {
      recording = on;
    },
  };
};
