import type { JSX } from 'preact';
import type { ChartName, Frame } from '../../../film/film.ts';
import { chartNames } from '../charts/chart-data.ts';
import { changedLines, type Line } from './changes.ts';
import { eventName } from './event-name.ts';
import { spanText } from './time-text.ts';

type Props = { readonly frame: Frame; readonly before: Frame | undefined; readonly at: number };

const Value = ({ now, before }: Line): JSX.Element =>
  before === null ? (
    <span>{now}</span>
  ) : (
    <>
      <ins>{now}</ins>
      {before === '' ? null : (
        <small>
          before: <del>{before}</del>
        </small>
      )}
    </>
  );

export const Table = ({ lines }: { readonly lines: readonly Line[] }): JSX.Element => (
  <dl class="table">
    {lines.map(line => (
      <div key={line.name} class={line.before === null ? '' : 'changed'}>
        <dt>{line.name}</dt>
        <dd>
          <Value {...line} />
        </dd>
      </div>
    ))}
  </dl>
);

const notRunning = 'does not run';

type PlaceProps = { readonly name: ChartName; readonly now: string | null; readonly before: string | null };

/** Regions stand side by side; only those that moved are new. */
const Place = ({ name, now, before }: PlaceProps): JSX.Element => {
  const known = (before ?? '').split(' ');
  const words = now ?? notRunning;
  const moved = before !== null && words !== before;
  return (
    <div class={moved ? 'changed' : ''}>
      <dt>{name}</dt>
      <dd>
        {words.split(now === null ? '\n' : ' ').map(leaf => (
          <span class="leaf" key={leaf}>
            {moved && !known.includes(leaf) ? <ins>{leaf}</ins> : leaf}
          </span>
        ))}
      </dd>
    </div>
  );
};

const Places = ({ frame, before }: Props): JSX.Element => (
  <dl class="table">
    {chartNames.map(name => (
      <Place
        key={name}
        name={name}
        now={frame.places[name]}
        before={before === undefined ? null : (before.places[name] ?? notRunning)}
      />
    ))}
  </dl>
);

const Window = ({ frame, before }: Props): JSX.Element => (
  <div class={before !== undefined && before.window !== frame.window ? 'window changed' : 'window'}>
    {(frame.window ?? 'Not known.').split('\n').map((line, at) => (
      <p key={`${at} ${line}`}>{line}</p>
    ))}
  </div>
);

/** What happened in a step and why, and what had changed after it. */
export const FramePanel = (props: Props): JSX.Element => {
  const { frame, before, at } = props;
  const facts = Object.entries(frame.facts);
  return (
    <div class="panel">
      <p class="cause">
        <span class={`dot ${frame.chart ?? 'outside'}`} aria-hidden="true" />
        {eventName(frame)}
        <span class="when">{frame.atMs === null ? `step ${at + 1}` : spanText(frame.atMs)}</span>
      </p>
      <p class="reason">{frame.says}</p>
      {facts.length === 0 ? null : (
        <>
          <h2>Facts</h2>
          <Table lines={facts.map(([name, now]) => ({ name, now, before: null }))} />
        </>
      )}
      <h2>The user sees</h2>
      <Window {...props} />
      <h2>On disk</h2>
      {frame.disk === null ? (
        <p class="faint">Not known at this moment.</p>
      ) : (
        <Table lines={changedLines(frame.disk, before?.disk ?? null)} />
      )}
      <h2>Where the charts stand</h2>
      <Places {...props} />
    </div>
  );
};
