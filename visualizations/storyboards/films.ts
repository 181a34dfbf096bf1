import type { Film } from '#src/film/film.js';
import { film, type Story } from './story.ts';

/** Plays stories, some at a time: most of their time is spent waiting. Gives the films in the order of the stories. */
export const films = async (stories: readonly Story[], lanes = 3): Promise<readonly Film[]> => {
  const done: Film[] = new Array(stories.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < stories.length; at = next++) {
      const story = stories[at];
      if (story !== undefined) done[at] = await film(story);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return done;
};
