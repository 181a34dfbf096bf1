import type { JSX } from 'preact';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { ChartView } from '../charts/chart-view.tsx';
import { FilmView } from '../films/film-view.tsx';
import { StoryList } from '../films/story-list.tsx';
import { storyboards } from '../films/storyboards.ts';
import { useDrop } from '../journals/file-chooser.tsx';
import { askForGiven, type Given } from '../journals/given.ts';
import { JournalView } from '../journals/journal-view.tsx';
import { useLive } from '../journals/live-feed.ts';
import { LiveView } from '../journals/live-view.tsx';
import { useRecording } from '../journals/opened-recording.ts';
import type { Recording } from '../journals/recording.ts';
import { type Find, indexOfPage, indexOfRuns } from '../search/search-index.ts';
import { Head } from './head.tsx';
import { Help } from './help.tsx';
import { useKeys } from './keys.ts';
import { useLanding } from './landing.ts';
import { type Go, useRoute } from './navigation.ts';
import { chartRoute, firstRoute, type Route } from './route.ts';
import { useTheme } from './theme.tsx';

type StoryProps = {
  readonly route: Extract<Route, { view: 'storyboards' }>;
  readonly go: Go;
  readonly onSay: (text: string) => void;
};

const Storyboards = ({ route, go, onSay }: StoryProps): JSX.Element => {
  const film = storyboards().find(({ id }) => id === route.id);
  if (film === undefined) return <StoryList films={storyboards()} />;
  return (
    <FilmView
      key={film.id}
      film={film}
      at={route.at - 1}
      onAt={to => go({ view: 'storyboards', id: film.id, at: to + 1 }, 'step')}
      onSay={onSay}
    />
  );
};

/** What the server gives; asked once. */
const useGiven = (onGiven: (given: Given) => void): void => {
  useEffect(() => {
    void askForGiven().then(onGiven);
  }, []);
};

const startOf = (recording: Recording | null, live: boolean): Route => {
  if (live) return { view: 'live', run: null, at: null };
  return recording === null ? firstRoute : { view: 'journal', run: null, at: 1 };
};

/** The whole page. */
export const App = (): JSX.Element => {
  const [address, go] = useRoute();
  const [theme, nextTheme] = useTheme();
  const [helps, setHelps] = useState(false);
  const [said, say] = useState('');
  const [live, setLive] = useState(false);
  const news = useLive(live);
  const searchInput = useRef<HTMLInputElement>(null);

  const { recording, isReading, open, take } = useRecording(({ films }) => {
    const wanted = address?.view === 'journal' ? address.run : null;
    // A link to a run leads there as soon as its journal is here.
    if (films.some(({ id }) => id === wanted)) return;
    go({ view: 'journal', run: films.at(-1)?.id ?? null, at: 1 });
  });
  useGiven(given => {
    setLive(given.live);
    if (given.files !== null) take(given.files);
  });
  const dropping = useDrop(open);
  const route = address ?? startOf(recording, live);
  useLanding(route);

  useKeys({
    '/': () => searchInput.current?.focus(),
    '?': () => setHelps(true),
    t: nextTheme,
    s: () => go(firstRoute),
    c: () => go(chartRoute('supervisor')),
    r: () => go({ view: 'journal', run: null, at: 1 }),
    l: () => (live ? go({ view: 'live', run: null, at: null }) : undefined),
  });

  const ownIndex = useMemo<{ find: readonly Find[] | null }>(() => ({ find: null }), []);
  const indexes = useCallback((): readonly (readonly Find[])[] => {
    ownIndex.find ??= indexOfPage(storyboards());
    return [
      ownIndex.find,
      indexOfRuns(recording?.films ?? [], 'journal'),
      indexOfRuns(news?.films ?? [], 'live'),
    ];
  }, [recording, news]);

  return (
    <>
      <button type="button" class="skip" onClick={skip}>
        Skip to the content
      </button>
      <Head
        route={route}
        live={live}
        theme={theme}
        onTheme={nextTheme}
        onHelp={() => setHelps(true)}
        searchInput={searchInput}
        indexes={indexes}
      />
      <main id="main" tabIndex={-1}>
        {route.view === 'storyboards' ? <Storyboards route={route} go={go} onSay={say} /> : null}
        {route.view === 'charts' ? <ChartView key={route.chart} route={route} go={go} onSay={say} /> : null}
        {route.view === 'journal' ? (
          <JournalView route={route} go={go} recording={recording} onFiles={open} onSay={say} />
        ) : null}
        {route.view === 'live' ? <LiveView route={route} go={go} news={news} onSay={say} /> : null}
      </main>
      <output class="hidden">{said}</output>
      {isReading ? <output class="reading">Reading the journal …</output> : null}
      {dropping ? <div class="drop">Drop the journal to replay it</div> : null}
      <Help open={helps} onClose={() => setHelps(false)} />
    </>
  );
};

/** A link would change the address, which names what is shown. */
const skip = (): void => document.getElementById('main')?.focus();
