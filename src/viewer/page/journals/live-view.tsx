import type { JSX } from 'preact';
import type { Film } from '../../../film/film.ts';
import { FilmView } from '../films/film-view.tsx';
import { useKeys } from '../shell/keys.ts';
import type { Go } from '../shell/navigation.ts';
import { type Route, writeRoute } from '../shell/route.ts';
import type { LiveNews, LiveState } from './live-feed.ts';
import { ProblemList } from './problem-list.tsx';
import { RunList } from './run-list.tsx';

type Props = {
  readonly route: Extract<Route, { view: 'live' }>;
  readonly go: Go;
  readonly news: LiveNews | null;
  readonly onSay: (text: string) => void;
};

const words: Readonly<Record<LiveState, string>> = {
  connecting: 'Connecting …',
  waiting: 'Waiting for a process',
  connected: 'Connected',
  ended: 'The process has ended',
  lost: 'The connection is lost; trying again …',
};

const Empty = ({ text }: { readonly text: string }): JSX.Element => (
  <article class="page">
    <h1>Live</h1>
    <p class="lead">{text}</p>
  </article>
);

const newest = (films: readonly Film[]): Film | undefined => films.at(-1);

/** A running process, its newest step followed until a reader steps back. */
export const LiveView = ({ route, go, news, onSay }: Props): JSX.Element => {
  const films = news?.films ?? [];
  const film = films.find(({ id }) => id === route.run) ?? newest(films);
  const follows = route.at === null;
  const pauseAt = (to: number): void => {
    if (film !== undefined) go({ view: 'live', run: film.id, at: to + 1 }, 'step');
  };
  const last = (film?.frames.length ?? 1) - 1;
  const toggle = (): void => (follows ? pauseAt(last) : go({ view: 'live', run: null, at: null }, 'step'));
  useKeys({ f: toggle });
  if (news === null)
    return (
      <Empty text="This page was not served by a stagedoor that follows a process. Start `stagedoor visualize`, which does." />
    );
  return (
    <div class="recording">
      <div class="bar">
        <output class={`state ${news.state}`}>
          <span class="lamp" aria-hidden="true" />
          {words[news.state]}
          {news.process === null ? '' : `: ${news.process}`}
        </output>
        <button type="button" aria-pressed={follows} onClick={toggle}>
          {follows ? 'Following the newest step' : 'Paused: follow again'}
        </button>
        <RunList
          films={films}
          shown={film?.id ?? null}
          hrefOf={({ id, frames }) => writeRoute({ view: 'live', run: id, at: frames.length })}
        />
      </div>
      <ProblemList problems={news.problems} readable={films.length > 0} />
      {film === undefined ? (
        <Empty text="Nothing has happened yet. What the process does appears here as it happens." />
      ) : (
        <FilmView
          key={film.id}
          film={film}
          at={route.at === null ? last : route.at - 1}
          onAt={pauseAt}
          onSay={onSay}
        />
      )}
    </div>
  );
};
