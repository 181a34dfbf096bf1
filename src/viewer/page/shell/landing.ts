import { useLayoutEffect, useRef } from 'preact/hooks';
import { storyboards } from '../films/storyboards.ts';
import type { Route } from './route.ts';

const name = 'stagedoor viewer';

const titleOf = (route: Route): string => {
  switch (route.view) {
    case 'storyboards':
      return storyboards().find(({ id }) => id === route.id)?.title ?? 'Storyboards';
    case 'charts':
      return `The chart ${route.chart}`;
    case 'journal':
      return 'Journal';
    case 'live':
      return 'Live';
  }
};

/** Names what is shown, and lets the focus follow to it: what had it may be gone. A step is no other place. */
export const useLanding = (route: Route): void => {
  const title = titleOf(route);
  const before = useRef(title);
  useLayoutEffect(() => {
    document.title = `${title} · ${name}`;
    if (before.current === title) return;
    before.current = title;
    document.getElementById('main')?.focus();
  }, [title]);
};
