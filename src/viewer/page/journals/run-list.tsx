import type { JSX } from 'preact';
import type { Film } from '../../../film/film.ts';

type Props = {
  readonly films: readonly Film[];
  readonly shown: string | null;
  readonly hrefOf: (film: Film) => string;
};

/** The runs of a journal, the newest last, as they were written. */
export const RunList = ({ films, shown, hrefOf }: Props): JSX.Element | null =>
  films.length < 2 ? null : (
    <nav class="runs" aria-label="Runs in this journal">
      <ol>
        {films.map(film => (
          <li key={film.id}>
            <a href={hrefOf(film)} aria-current={film.id === shown ? 'page' : undefined}>
              {film.title} <small>{film.frames.length} steps</small>
            </a>
          </li>
        ))}
      </ol>
    </nav>
  );
