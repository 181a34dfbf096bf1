import type { JSX, RefObject } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import { type Find, type FindKind, search } from './search-index.ts';

type Props = {
  readonly indexes: () => readonly (readonly Find[])[];
  readonly input: RefObject<HTMLInputElement | null>;
};

const titles: Readonly<Record<FindKind, string>> = {
  state: 'States',
  event: 'Events',
  storyboard: 'Storyboards',
  step: 'Steps',
};

/** The neighbour of a link in a list of them; null: before the first. */
const neighbour = (list: HTMLElement, by: number): HTMLElement | null => {
  const links = [...list.querySelectorAll('a')];
  const place = links.findIndex(link => link.matches(':focus')) + by;
  return place < 0 ? null : (links[Math.min(place, links.length - 1)] ?? null);
};

const Hits = ({ hits, onTaken }: { hits: readonly Find[]; onTaken: () => void }): JSX.Element => (
  <ul>
    {hits.map((hit, place) => (
      <li key={`${place} ${hit.title}`}>
        {hits[place - 1]?.kind === hit.kind ? null : <h2>{titles[hit.kind]}</h2>}
        <a href={hit.href()} onClick={onTaken}>
          <b>{hit.title}</b> <small>{hit.where}</small>
          <span>{hit.text}</span>
        </a>
      </li>
    ))}
  </ul>
);

/** Finds states, events, storyboards and steps. The finds are links: they can be opened, copied and walked through. */
export const SearchBox = ({ indexes, input }: Props): JSX.Element => {
  const [query, setQuery] = useState('');
  const results = useRef<HTMLDivElement>(null);
  const hits = useMemo(() => (query.trim() === '' ? [] : search(indexes().flat(), query)), [query, indexes]);
  const close = (): void => setQuery('');
  const press = (event: KeyboardEvent): void => {
    const inList = event.target instanceof HTMLAnchorElement;
    const list = results.current;
    if (event.key === 'Escape') {
      close();
      input.current?.focus();
    } else if (list !== null && event.key === 'ArrowDown') (neighbour(list, 1) ?? input.current)?.focus();
    else if (list !== null && event.key === 'ArrowUp' && inList)
      (neighbour(list, -1) ?? input.current)?.focus();
    else if (event.key === 'Enter' && !inList) list?.querySelector('a')?.click();
    else return;
    event.preventDefault();
  };
  const leave = (event: FocusEvent): void => {
    const next = event.relatedTarget;
    if (next instanceof Node && event.currentTarget instanceof Node && event.currentTarget.contains(next))
      return;
    close();
  };
  return (
    <search class="search" onKeyDown={press} onFocusOut={leave}>
      <input
        ref={input}
        type="search"
        value={query}
        placeholder="Search  /"
        aria-label="Search states, events, storyboards and steps"
        autocomplete="off"
        spellcheck={false}
        onInput={event => setQuery(event.currentTarget.value)}
      />
      <output class="hidden">{query.trim() === '' ? '' : `${hits.length} found`}</output>
      {query.trim() === '' ? null : (
        <div class="results" ref={results}>
          {hits.length === 0 ? <p class="faint">Nothing found.</p> : <Hits hits={hits} onTaken={close} />}
        </div>
      )}
    </search>
  );
};
