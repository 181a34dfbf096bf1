import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ChartName } from '../../../film/film.ts';
import { charts } from './chart-data.ts';
import { type Words, wordsOf } from './light.ts';
import { type Light, pictureOf } from './picture.ts';
import { bringIntoView, dragged, fitting, zoomAround, zoomBounds } from './scrolling.ts';

type Props = {
  readonly chart: ChartName;
  readonly light: Light;
  /** The state or arrow to bring into view. */
  readonly focus: string | null;
  readonly onEdge?: ((id: string) => void) | undefined;
};

const idAt = (target: EventTarget | null): string | null => {
  const marked = target instanceof Element ? target.closest('[data-state], [data-edge]') : null;
  return marked?.getAttribute('data-edge') ?? marked?.getAttribute('data-state') ?? null;
};

const step = 1.25;

/** How far each picture is enlarged stays the same from step to step. */
const zooms = new Map<ChartName, number>();

const keys: Readonly<Record<string, (zoom: number) => number>> = {
  '+': zoom => zoom * step,
  '=': zoom => zoom * step,
  '-': zoom => zoom / step,
  '1': () => 1,
};

/** The picture of a chart, to scroll, to drag and to zoom; it says in words what is pointed at. */
export const PictureView = ({ chart, light, focus, onEdge }: Props): JSX.Element => {
  const frame = useRef<HTMLDivElement>(null);
  const [zoom, setZoom] = useState(zooms.get(chart) ?? 1);
  const [hint, setHint] = useState<Words | null>(null);
  const picture = pictureOf(chart);

  const change = (wanted: number): void => {
    const next = Math.min(Math.max(wanted, zoomBounds.least), zoomBounds.most);
    if (frame.current !== null) zoomAround(frame.current, picture, next);
    zooms.set(chart, next);
    setZoom(next);
  };
  const showAll = (): void => {
    if (frame.current !== null) change(fitting(frame.current, picture));
  };

  useLayoutEffect(() => {
    const kept = zooms.get(chart) ?? 1;
    setZoom(kept);
    setHint(null);
    frame.current?.replaceChildren(picture.svg);
    if (frame.current !== null) zoomAround(frame.current, picture, kept);
  }, [chart, picture]);
  useLayoutEffect(() => {
    picture.light(light, id => {
      const words = wordsOf(chart, id);
      return words === null ? id : `${words.title}. ${words.text}`;
    });
  }, [chart, light, picture]);
  useEffect(() => {
    const box = focus === null ? null : picture.boxOf(focus);
    if (frame.current !== null && box !== null) bringIntoView(frame.current, picture, box);
  }, [chart, focus, light, picture]);
  useEffect(() => (frame.current === null ? undefined : dragged(frame.current, change)));

  const point = (event: Event): void => {
    const id = idAt(event.target);
    setHint(id === null ? null : wordsOf(chart, id));
  };
  const take = (event: Event): void => {
    const id = idAt(event.target);
    if (id === null || !charts[chart].edges.has(id)) return;
    // What was pressed may no longer be there to keep the focus.
    if (event instanceof KeyboardEvent) frame.current?.focus();
    onEdge?.(id);
  };
  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const zoomed = keys[event.key];
    if (zoomed !== undefined) change(zoomed(zoom));
    else if (event.key === '0') showAll();
    else if (event.key === 'Enter' || event.key === ' ') take(event);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class="picture">
      <section
        class="canvas"
        ref={frame}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by the keyboard
        tabIndex={0}
        aria-label={`Picture of the chart ${chart}: arrow keys scroll, plus and minus zoom, 0 shows all`}
        onClick={take}
        onKeyDown={press}
        onPointerOver={point}
        onPointerLeave={() => setHint(null)}
        onFocusIn={point}
        onFocusOut={() => setHint(null)}
      />
      <fieldset class="zoom" aria-label="Zoom">
        <button type="button" onClick={() => change(zoom / step)} aria-label="Smaller">
          −
        </button>
        <button type="button" onClick={() => change(1)} title="100 %">
          {Math.round(zoom * 100)} %
        </button>
        <button type="button" onClick={() => change(zoom * step)} aria-label="Larger">
          +
        </button>
        <button type="button" onClick={showAll}>
          Show all
        </button>
      </fieldset>
      {hint === null ? null : (
        <p class="hint">
          <b>{hint.title}</b> {hint.text}
        </p>
      )}
    </div>
  );
};
