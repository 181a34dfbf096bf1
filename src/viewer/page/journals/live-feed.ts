import { useEffect, useState } from 'preact/hooks';
import type { JournalFilms } from '../../../film/journal-film.ts';
import { type LiveJournal, liveJournal } from '../../../film/live-journal.ts';
import { chartWordsOnce } from './recording.ts';

export type LiveState = 'connecting' | 'waiting' | 'connected' | 'ended' | 'lost';

export type LiveNews = JournalFilms & { readonly state: LiveState; readonly process: string | null };

const states: readonly LiveState[] = ['waiting', 'connected', 'ended'];

const readState = (data: unknown): Pick<LiveNews, 'state' | 'process'> | null => {
  if (typeof data !== 'string') return null;
  try {
    const told: unknown = JSON.parse(data);
    if (typeof told !== 'object' || told === null || !('state' in told)) return null;
    const state = states.find(each => each === told.state);
    const name = 'process' in told && typeof told.process === 'string' ? told.process : null;
    return state === undefined ? null : { state, process: name };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
};

const before: LiveNews = { state: 'connecting', process: null, films: [], problems: [] };

/** Listens to the server. Lines come in bursts: what came since the last picture of the screen is shown at once. */
const listen = (tell: (news: LiveNews) => void): (() => void) => {
  const source = new EventSource('./live');
  let journal: LiveJournal = liveJournal(chartWordsOnce());
  let news = before;
  let frame = 0;
  const show = (): void => {
    frame = 0;
    news = { ...news, ...journal.read() };
    tell(news);
  };
  const soon = (): void => {
    if (frame === 0) frame = requestAnimationFrame(show);
  };
  source.addEventListener('open', () => {
    // Each connection tells everything from the beginning.
    journal = liveJournal(chartWordsOnce());
    news = { ...news, state: 'waiting' };
    soon();
  });
  source.addEventListener('line', ({ data }: MessageEvent<unknown>) => {
    if (typeof data === 'string') journal.add(data);
    soon();
  });
  source.addEventListener('state', ({ data }: MessageEvent<unknown>) => {
    news = { ...news, ...readState(data) };
    soon();
  });
  source.addEventListener('error', () => {
    // A process that has ended stays so; whoever told it may go, too.
    if (news.state !== 'ended') news = { ...news, state: 'lost' };
    soon();
  });
  return () => {
    cancelAnimationFrame(frame);
    source.close();
  };
};

/** What a running process does, as it comes; null where the server follows none. */
export const useLive = (live: boolean): LiveNews | null => {
  const [news, setNews] = useState(before);
  useEffect(() => (live ? listen(setNews) : undefined), [live]);
  return live ? news : null;
};
