import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Film } from '#src/film/film.js';
import { watchStillness } from './stillness.ts';
import { film, type Story } from './story.ts';

const takes = 5;

/** A take of a story about deadlines counts only if this process was never held up; after some the last one does. */
const timedFilm = async (story: Story): Promise<Film> => {
  for (let take = 1; ; take += 1) {
    const watch = watchStillness();
    try {
      const result = await film(story);
      if (!watch.stoodStill() || take === takes) return result;
    } finally {
      watch.end();
    }
  }
};

/** Some at a time: most of the time of a story is spent waiting. */
const inLanes = async (stories: readonly Story[], lanes: number): Promise<readonly Film[]> => {
  const done: Film[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let story = stories[next++]; story !== undefined; story = stories[next++]) {
      done.push(await (story.timed === true ? timedFilm(story) : film(story)));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return done;
};

/** Trees of native modules are the machine's: films have a cache folder of their own. */
const inOwnCache = async <Output>(work: () => Promise<Output>): Promise<Output> => {
  const before = process.env.XDG_CACHE_HOME;
  const own = mkdtempSync(path.join(tmpdir(), 'stagedoor-films-'));
  process.env.XDG_CACHE_HOME = own;
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
    rmSync(own, { recursive: true, force: true });
  }
};

/** Plays stories; those about deadlines when nothing else is played. Gives the films in the order of the stories. */
export const films = (stories: readonly Story[]): Promise<readonly Film[]> =>
  inOwnCache(() => played(stories));

const played = async (stories: readonly Story[]): Promise<readonly Film[]> => {
  const untimed = await inLanes(
    stories.filter(({ timed }) => timed !== true),
    3,
  );
  const timed = await inLanes(
    stories.filter(story => story.timed === true),
    3,
  );
  const all = [...untimed, ...timed];
  return stories.flatMap(({ id }) => all.find(one => one.id === id) ?? []);
};
