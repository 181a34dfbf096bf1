import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Frame } from '../../../film/film.ts';
import { eventName } from './event-name.ts';
import { spanText } from './time-text.ts';

type Props = {
  readonly frames: readonly Frame[];
  readonly at: number;
  readonly onAt: (at: number) => void;
};

/** Pixels; every row is as high, so that only those in view have to be made. */
const rowHeight = 44;
const spare = 6;

const timeOf = ({ atMs }: Frame): string => (atMs === null ? '' : spanText(atMs));

const Row = ({ frame, at, current, onAt }: RowProps): JSX.Element => (
  <button
    type="button"
    class={`row ${frame.chart ?? 'outside'}`}
    aria-current={current ? 'step' : undefined}
    tabIndex={current ? 0 : -1}
    onClick={() => onAt(at)}
  >
    <span class="no">{at + 1}</span>
    <span class="by">{eventName(frame)}</span>
    <span class="when">{timeOf(frame)}</span>
    <span class="says">{frame.says}</span>
  </button>
);
type RowProps = {
  readonly frame: Frame;
  readonly at: number;
  readonly current: boolean;
  readonly onAt: (at: number) => void;
};

/** All steps of a film, of which only those in view are in the document. */
export const StepList = ({ frames, at, onAt }: Props): JSX.Element => {
  const list = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const look = (): void => {
    const { scrollTop = 0, clientHeight = 600 } = list.current ?? {};
    setView({ top: scrollTop, height: clientHeight });
  };
  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) return;
    const top = at * rowHeight;
    const { scrollTop, clientHeight } = element;
    if (top < scrollTop || top + rowHeight > scrollTop + clientHeight)
      element.scrollTop = Math.max(0, top - clientHeight / 2 + rowHeight / 2);
    look();
  }, [at, frames]);
  useEffect(() => {
    const observer = new ResizeObserver(look);
    if (list.current !== null) observer.observe(list.current);
    return () => observer.disconnect();
  }, []);

  const first = Math.max(0, Math.floor(view.top / rowHeight) - spare);
  const last = Math.min(frames.length, Math.ceil((view.top + view.height) / rowHeight) + spare);
  const places = Array.from({ length: Math.max(0, last - first) }, (_, offset) => first + offset);
  // The current one stays reachable by the keyboard wherever the list was scrolled to.
  const shown = places.includes(at) || frames[at] === undefined ? places : [...places, at];
  return (
    <div class="steps" ref={list} onScroll={look}>
      <ol style={{ height: `${frames.length * rowHeight}px` }}>
        {shown.map(place => {
          const frame = frames[place];
          if (frame === undefined) return null;
          return (
            <li
              key={place}
              style={{ top: `${place * rowHeight}px`, height: `${rowHeight}px` }}
              aria-setsize={frames.length}
              aria-posinset={place + 1}
            >
              <Row frame={frame} at={place} current={place === at} onAt={onAt} />
            </li>
          );
        })}
      </ol>
    </div>
  );
};
