import { useEffect, useState } from 'preact/hooks';
import { type JournalFilms, type JournalReader, journalReader } from '../../../film/journal-film.ts';
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

const begun = (): JournalReader => {
  const reader = journalReader(chartWordsOnce());
  reader.begin('live');
  return reader;
};

const nothing: JournalFilms = { films: [], problems: [] };
const before: LiveNews = { state: 'connecting', process: null, films: [], problems: [] };

/** Listens to the server. Lines come in bursts: what came since the last picture of the screen is shown at once. */
const listen = (tell: (news: LiveNews) => void): (() => void) => {
  const source = new EventSource('./live');
  let journal = begun();
  let news = before;
  let heard = false;
  let frame = 0;
  const show = (): void => {
    frame = 0;
    // Before the first line a journal is empty, which is no problem here.
    news = { ...news, ...(heard ? journal.read() : nothing) };
    tell(news);
  };
  const soon = (): void => {
    if (frame === 0) frame = requestAnimationFrame(show);
  };
  source.addEventListener('open', () => {
    // Each connection tells everything from the beginning.
    journal = begun();
    heard = false;
    news = { ...news, state: 'waiting' };
    soon();
  });
  source.addEventListener('line', ({ data }: MessageEvent<unknown>) => {
    heard = true;
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
