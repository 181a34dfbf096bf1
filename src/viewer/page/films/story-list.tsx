import type { JSX } from 'preact';
import type { Film } from '../../../film/film.ts';
import { writeRoute } from '../shell/route.ts';

const firstSentence = (summary: string): string => /^.*?[.?!](?= |$)/.exec(summary)?.[0] ?? summary;

const Entry = ({ film }: { readonly film: Film }): JSX.Element => (
  <li>
    <a href={writeRoute({ view: 'storyboards', id: film.id, at: 1 })}>
      <b>{film.title}</b>
      <span>{firstSentence(film.summary)}</span>
      <small>{film.frames.length} steps</small>
    </a>
  </li>
);

/** The contents of the storyboards. */
export const StoryList = ({ films }: { readonly films: readonly Film[] }): JSX.Element => (
  <article class="page">
    <h1>Edge cases, step by step</h1>
    <p class="lead">
      Each storyboard is a path through the five charts of stagedoor, taken by running them on real folders
      and processes: where the charts stand, why, what is on disk and what the user sees.
    </p>
    <ol class="cards">
      {films.map(film => (
        <Entry key={film.id} film={film} />
      ))}
    </ol>
  </article>
);
