import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Frame } from '../../../film/film.ts';
import { Icon } from './icon.tsx';
import { spanText } from './time-text.ts';

type Props = {
  readonly frames: readonly Frame[];
  readonly at: number;
  readonly onAt: (at: number) => void;
};

/** As many marks as can be told apart. */
const columns = 1000;
const troubles = /error|failed|refused|exhausted|rolled-back|defect|damaged/;

type Scale = { readonly end: number; readonly placeOf: (at: number) => number };

const timeOf = (frames: readonly Frame[], at: number): number => frames[at]?.atMs ?? 0;

const scaleOf = (frames: readonly Frame[], byTime: boolean): Scale =>
  byTime
    ? { end: Math.max(1, timeOf(frames, frames.length - 1)), placeOf: at => timeOf(frames, at) }
    : { end: Math.max(1, frames.length - 1), placeOf: at => at };

/** The last frame at or before a place on the slider; frames are in order. */
export const frameAt = (count: number, placeOf: (at: number) => number, place: number): number => {
  let [low, high] = [0, Math.max(0, count - 1)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (placeOf(middle) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
};

const isTrouble = ({ by, facts }: Frame): boolean => troubles.test(by) || Object.hasOwn(facts, 'error');

const marks = (frames: readonly Frame[], { end, placeOf }: Scale): { all: string; troubles: string } => {
  const [all, bad] = [new Set<number>(), new Set<number>()];
  for (const [at, frame] of frames.entries()) {
    const column = Math.round((placeOf(at) / end) * columns);
    all.add(column);
    if (isTrouble(frame)) bad.add(column);
  }
  const path = (set: ReadonlySet<number>): string => [...set].map(x => `M${x} 0V10`).join('');
  return { all: path(all), troubles: path(bad) };
};

/** From the first step to the last one: buttons, and a slider over real time where a film has times. */
export const Timeline = ({ frames, at, onAt }: Props): JSX.Element => {
  const timed = frames.length > 1 && frames.every(({ atMs }) => atMs !== null);
  const [wantsTime, setWantsTime] = useState(true);
  const byTime = timed && wantsTime && timeOf(frames, frames.length - 1) > 0;
  const scale = useMemo(() => scaleOf(frames, byTime), [frames, byTime]);
  const drawn = useMemo(() => marks(frames, scale), [frames, scale]);
  const last = Math.max(0, frames.length - 1);
  const moment = timed ? `, ${spanText(timeOf(frames, at))} of ${spanText(timeOf(frames, last))}` : '';

  const press = (event: KeyboardEvent): void => {
    const to: Readonly<Record<string, number>> = {
      ArrowLeft: at - 1,
      ArrowDown: at - 1,
      ArrowRight: at + 1,
      ArrowUp: at + 1,
      PageDown: at - 10,
      PageUp: at + 10,
      Home: 0,
      End: last,
    };
    const wanted = Object.hasOwn(to, event.key) ? to[event.key] : undefined;
    if (wanted === undefined) return;
    event.preventDefault();
    onAt(Math.min(Math.max(wanted, 0), last));
  };
  return (
    <fieldset class="timeline" aria-label="Steps">
      <button type="button" onClick={() => onAt(0)} disabled={at === 0} aria-label="First step">
        <Icon name="first" />
      </button>
      <button type="button" onClick={() => onAt(at - 1)} disabled={at === 0} aria-label="Step back">
        <Icon name="back" />
      </button>
      <button type="button" onClick={() => onAt(at + 1)} disabled={at >= last} aria-label="Step forward">
        <Icon name="on" />
      </button>
      <button type="button" onClick={() => onAt(last)} disabled={at >= last} aria-label="Last step">
        <Icon name="last" />
      </button>
      <div class="slider">
        <svg viewBox={`0 0 ${columns} 10`} preserveAspectRatio="none" aria-hidden="true">
          <path d={drawn.all} />
          <path class="trouble" d={drawn.troubles} />
        </svg>
        <input
          type="range"
          min={0}
          max={scale.end}
          step={1}
          value={scale.placeOf(at)}
          aria-label={byTime ? 'Time' : 'Step'}
          aria-valuetext={`step ${at + 1} of ${frames.length}${moment}`}
          onInput={event => onAt(frameAt(frames.length, scale.placeOf, Number(event.currentTarget.value)))}
          onKeyDown={press}
        />
      </div>
      <p class="count">
        {at + 1} / {frames.length}
        {timed ? <small>{spanText(timeOf(frames, at))}</small> : null}
      </p>
      {timed ? (
        <button
          type="button"
          aria-pressed={byTime}
          onClick={() => setWantsTime(!wantsTime)}
          title="Whether the slider goes by time or by step"
        >
          Real time
        </button>
      ) : null}
    </fieldset>
  );
};
