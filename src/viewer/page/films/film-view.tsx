import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { ChartName, Film } from '../../../film/film.ts';
import { chartNames, charts } from '../charts/chart-data.ts';
import { focusOf, lightOf } from '../charts/light.ts';
import { PictureView } from '../charts/picture-view.tsx';
import { useKeys } from '../shell/keys.ts';
import { spokenFrame } from './changes.ts';
import { FramePanel } from './frame-panel.tsx';
import { StepList } from './step-list.tsx';
import { takenEdge } from './taken-edge.ts';
import { Timeline } from './timeline.tsx';

type Props = {
  readonly film: Film;
  /** From 0. */
  readonly at: number;
  readonly onAt: (at: number) => void;
  readonly onSay: (text: string) => void;
  /** What stands beside the title. */
  readonly children?: ComponentChildren;
};

/** The chart that moved last, unless a reader has chosen one. */
const movedLast = ({ frames }: Film, at: number): ChartName => {
  for (let place = at; place >= 0; place -= 1) {
    const chart = frames[place]?.chart;
    if (chart !== null && chart !== undefined) return chart;
  }
  return 'supervisor';
};

type TabsProps = {
  readonly shown: ChartName;
  readonly follows: boolean;
  readonly onChoose: (chart: ChartName | null) => void;
};

const ChartTabs = ({ shown, follows, onChoose }: TabsProps): JSX.Element => (
  <fieldset class="tabs" aria-label="Chart">
    {chartNames.map(name => (
      <button
        key={name}
        type="button"
        class={name}
        aria-pressed={shown === name}
        onClick={() => onChoose(name)}
      >
        {name}
      </button>
    ))}
    <label>
      <input type="checkbox" checked={follows} onChange={() => onChoose(follows ? shown : null)} /> follow the
      chart that moves
    </label>
  </fieldset>
);

/** A film: its steps, the charts lit as they stood, what happened and why, and a slider. */
export const FilmView = ({ film, at: wanted, onAt, onSay, children }: Props): JSX.Element => {
  const { frames } = film;
  const at = Math.min(Math.max(wanted, 0), Math.max(0, frames.length - 1));
  const [chosen, setChosen] = useState<ChartName | null>(null);
  const [frame, before] = [frames[at], frames[at - 1]];
  const shown = chosen ?? movedLast(film, at);
  const light = useMemo(() => {
    const edge = frame === undefined || frame.chart !== shown ? null : takenEdge(frame, before);
    return lightOf(shown, { place: frame?.places[shown] ?? null, taken: edge === null ? [] : [edge] });
  }, [frame, before, shown]);
  const strangers = [...light.active].filter(id => !charts[shown].states.has(id));
  const go = (to: number): void => {
    if (to >= 0 && to < frames.length && to !== at) onAt(to);
  };
  const [back, on] = [() => go(at - 1), () => go(at + 1)];
  useKeys({
    ArrowLeft: back,
    k: back,
    ArrowRight: on,
    j: on,
    Home: () => go(0),
    End: () => go(frames.length - 1),
    1: () => setChosen('supervisor'),
    2: () => setChosen('launch'),
    3: () => setChosen('update'),
    4: () => setChosen('natives'),
    5: () => setChosen('plugin-install'),
  });
  useEffect(() => onSay(spokenFrame(frames, at)), [frame, at]);

  return (
    <article class="film" aria-labelledby="film-title">
      <header class="film-head">
        <div>
          <h1 id="film-title">{film.title}</h1>
          <p class="summary">{film.summary}</p>
        </div>
        {children}
      </header>
      <nav class="film-steps" aria-label="Steps of this film">
        <StepList frames={frames} at={at} onAt={onAt} />
      </nav>
      <div class="film-chart">
        {strangers.length === 0 ? null : (
          <p class="remark">
            The chart {shown} of this version has no state {strangers.join(', ')}: another version was at
            work.
          </p>
        )}
        <ChartTabs shown={shown} follows={chosen === null} onChoose={setChosen} />
        <PictureView
          chart={shown}
          light={light}
          focus={focusOf(shown, light, before?.places[shown] ?? null)}
        />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by the keyboard */}
      <section class="film-frame" aria-label="This step" tabIndex={0}>
        {frame === undefined ? (
          <p class="panel faint">No step yet.</p>
        ) : (
          <FramePanel frame={frame} before={before} at={at} />
        )}
      </section>
      <Timeline frames={frames} at={at} onAt={go} />
    </article>
  );
};
