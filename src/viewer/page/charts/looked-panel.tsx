import type { JSX } from 'preact';
import type { Chart } from './chart-data.ts';
import { wordsOf } from './light.ts';
import { sentence } from './sentence.ts';

type Props = { readonly chart: Chart; readonly id: string; readonly onClose: () => void };

/** What a state does with events without leaving, and what leads out of it. */
const linesOf = (chart: Chart, id: string): readonly string[] => {
  const reactions = chart.states.get(id)?.reactions ?? [];
  const ways = chart.graph.edges.filter(({ from }) => from === id);
  return [
    ...ways.map(
      ({ label, to, description }) =>
        `${label.join(' ')} → ${to}${description === '' ? '' : `: ${description}`}`,
    ),
    ...reactions.map(({ label, description }) => `${label}${description === '' ? '' : `: ${description}`}`),
  ];
};

/** A state or an arrow that was searched for. */
export const LookedPanel = ({ chart, id, onClose }: Props): JSX.Element => {
  const words = wordsOf(chart.name, id);
  return (
    <section class="panel looked" aria-label="Looked up">
      <p class="cause">
        <span class="dot looked" aria-hidden="true" />
        {words?.title ?? id}
        <button type="button" onClick={onClose} aria-label="Close what was looked up">
          ✕
        </button>
      </p>
      <p class="reason">{words === null ? 'This chart has nothing of that name.' : sentence(words.text)}</p>
      <ul class="did">
        {linesOf(chart, id).map((line, at) => (
          <li key={`${at} ${line}`}>{line}</li>
        ))}
      </ul>
    </section>
  );
};
