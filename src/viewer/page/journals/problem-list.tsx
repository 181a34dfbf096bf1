import type { JSX } from 'preact';
import type { JournalProblem } from '../../../film/journal-film.ts';

type Props = { readonly problems: readonly JournalProblem[]; readonly readable: boolean };

const place = ({ file }: JournalProblem): string => (file === '' ? '' : `${file}: `);

/** What could not be read, or not for certain, with what that means for the rest. */
export const ProblemList = ({ problems, readable }: Props): JSX.Element | null => {
  if (problems.length === 0) return null;
  return (
    <section class="problems" aria-labelledby="problems-title">
      <h2 id="problems-title">
        {readable
          ? 'Not everything could be read for certain; the rest is shown'
          : 'Nothing here can be read as a journal of stagedoor'}
      </h2>
      <ul>
        {problems.map(problem => (
          <li key={`${problem.file} ${problem.message}`}>
            {place(problem)}
            {problem.message}
          </li>
        ))}
      </ul>
    </section>
  );
};
