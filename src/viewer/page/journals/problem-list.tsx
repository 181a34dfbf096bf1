import type { JSX } from 'preact';
import type { JournalProblem } from '../../../film/journal-film.ts';

type Props = { readonly problems: readonly JournalProblem[]; readonly readable: boolean };

const few = 4;

const place = ({ file }: JournalProblem): string => (file === '' ? '' : `${file}: `);

const Lines = ({ problems }: Pick<Props, 'problems'>): JSX.Element => (
  <ul>
    {problems.map((problem, at) => (
      <li key={`${at} ${problem.message}`}>
        {place(problem)}
        {problem.message}
      </li>
    ))}
  </ul>
);

/** What could not be read, or not for certain, with what that means for the rest. */
export const ProblemList = ({ problems, readable }: Props): JSX.Element | null => {
  if (problems.length === 0) return null;
  const rest = problems.slice(few);
  return (
    <section class="problems" aria-labelledby="problems-title" aria-live="polite">
      <h2 id="problems-title">
        {readable
          ? 'Not everything could be read for certain; the rest is shown'
          : 'Nothing here can be read as a journal of stagedoor'}
      </h2>
      <Lines problems={problems.slice(0, few)} />
      {rest.length === 0 ? null : (
        <details>
          <summary>{rest.length} more</summary>
          <Lines problems={rest} />
        </details>
      )}
    </section>
  );
};
