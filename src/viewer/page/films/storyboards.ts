import type { Film } from '../../../film/film.ts';

const embedded = (): readonly Film[] => {
  const data = document.getElementById('storyboards');
  return JSON.parse(data?.textContent ?? '[]') as readonly Film[];
};

let known: readonly Film[] | null = null;

/** The storyboards that were built into the page; read when first asked for. */
export const storyboards = (): readonly Film[] => {
  known ??= embedded();
  return known;
};
