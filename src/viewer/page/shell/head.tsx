import type { JSX, RefObject } from 'preact';
import { SearchBox } from '../search/search-box.tsx';
import type { Find } from '../search/search-index.ts';
import { chartRoute, firstRoute, type Route, writeRoute } from './route.ts';
import { type Theme, ThemeButton } from './theme.tsx';

type Props = {
  readonly route: Route;
  readonly live: boolean;
  readonly theme: Theme;
  readonly onTheme: () => void;
  readonly onHelp: () => void;
  readonly searchInput: RefObject<HTMLInputElement | null>;
  readonly indexes: () => readonly (readonly Find[])[];
};

const places: readonly (readonly [Route['view'], string, Route])[] = [
  ['storyboards', 'Storyboards', firstRoute],
  ['charts', 'Charts', chartRoute('supervisor')],
  ['journal', 'Journal', { view: 'journal', run: null, at: 1 }],
  ['live', 'Live', { view: 'live', run: null, at: null }],
];

export const Head = (props: Props): JSX.Element => {
  const { route, live, theme, onTheme, onHelp, searchInput, indexes } = props;
  return (
    <header class="top">
      <p class="name">
        stagedoor <small>viewer</small>
      </p>
      <nav aria-label="Views">
        <ul>
          {places
            .filter(([view]) => view !== 'live' || live)
            .map(([view, title, to]) => (
              <li key={view}>
                <a href={writeRoute(to)} aria-current={route.view === view ? 'page' : undefined}>
                  {title}
                </a>
              </li>
            ))}
        </ul>
      </nav>
      <SearchBox indexes={indexes} input={searchInput} />
      <ThemeButton theme={theme} onNext={onTheme} />
      <button type="button" onClick={onHelp} aria-label="Help: keys">
        ?
      </button>
    </header>
  );
};
