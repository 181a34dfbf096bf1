import type { JSX } from 'preact';
import type { EventObject } from 'xstate';
import { factsOf } from '../../../../visualizations/storyboards/chart-facts.ts';
import { Table } from '../films/frame-panel.tsx';
import { type Chart, upwards } from './chart-data.ts';
import type { Move } from './moves.ts';
import { placeOf } from './place.ts';
import { sentence } from './sentence.ts';

type MoveProps = { readonly move: Move };

const told = ({ type, ...facts }: EventObject): string => `${type} ${JSON.stringify(facts)}`;

const Told = ({ move }: MoveProps): JSX.Element | null => {
  const lines = [
    ...move.begun.map(text => ['begins to work', text] as const),
    ...move.orders.map(text => ['is sent', text] as const),
    ...move.emitted.map(event => ['the host is told', told(event)] as const),
  ];
  if (lines.length === 0) return null;
  return (
    <>
      <h2>What it did</h2>
      <ul class="did">
        {lines.map(([what, text], at) => (
          <li key={`${at} ${text}`}>
            <small>{what}</small> <code>{text}</code>
          </li>
        ))}
      </ul>
    </>
  );
};

const ActiveStates = ({ chart, move }: { chart: Chart } & MoveProps): JSX.Element => (
  <ul class="active-states">
    {placeOf(move.after)
      .split(' ')
      .map(place => (
        <li key={place}>
          <b>{place}</b>
          {upwards(`${chart.name}.${place}`)
            .flatMap(id => chart.states.get(id) ?? [])
            .filter(({ description }) => description !== '')
            .slice(0, 2)
            .map(({ id, description }) => (
              <span key={id}>{description}</span>
            ))}
        </li>
      ))}
  </ul>
);

const contextText = (context: unknown): string =>
  JSON.stringify(context, (_, value: unknown) => value ?? null, 1);

type Props = { readonly chart: Chart; readonly text: string; readonly move: Move };

/** Where a chart stands after a step, why, and what it knows. */
export const WalkPanel = ({ chart, text, move }: Props): JSX.Element => {
  const facts = Object.entries(factsOf(chart.name, move.after.context));
  return (
    <div class="panel">
      <p class="cause">
        <span class={`dot ${chart.name}`} aria-hidden="true" />
        {text}
      </p>
      <p class="reason">{move.says.map(sentence).join(' ')}</p>
      <h2>Active</h2>
      <ActiveStates chart={chart} move={move} />
      <Told move={move} />
      <h2>What it knows</h2>
      {facts.length === 0 ? (
        <p class="faint">Nothing yet.</p>
      ) : (
        <Table lines={facts.map(([name, now]) => ({ name, now, before: null }))} />
      )}
      <details>
        <summary>The whole context</summary>
        <pre>{contextText(move.after.context)}</pre>
      </details>
    </div>
  );
};
