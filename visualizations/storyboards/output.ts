import type { Film } from '#src/film/film.js';
import { storyboardPage } from './page.ts';

/** What is committed of the storyboards, by its file names. */
export const storyboardFiles = (films: readonly Film[]): ReadonlyMap<string, string> =>
  new Map([
    ['storyboards.json', `${JSON.stringify(films, null, 1)}\n`],
    ['storyboards.html', storyboardPage(films)],
  ]);
