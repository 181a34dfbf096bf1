import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type Route, readRoute, writeRoute } from './route.ts';

/** `step`: the way back does not lead through each frame. */
export type Go = (route: Route, how?: 'open' | 'step') => void;

/** Browsers refuse addresses that change too often, and a slider changes them with each pixel. */
const calmMs = 150;

/** Where the page is: in the address, and ahead of it while a reader steps. Null: the address says nothing. */
export const useRoute = (): readonly [Route | null, Go] => {
  const [route, setRoute] = useState(() => readRoute(location.hash));
  const pending = useRef<number | undefined>(undefined);

  useEffect(() => {
    const follow = (): void => {
      clearTimeout(pending.current);
      setRoute(readRoute(location.hash));
    };
    // Without `hashchange` an address that is typed by hand would be missed by some.
    addEventListener('popstate', follow);
    addEventListener('hashchange', follow);
    return () => {
      removeEventListener('popstate', follow);
      removeEventListener('hashchange', follow);
    };
  }, []);

  const go = useCallback<Go>((next, how = 'open') => {
    clearTimeout(pending.current);
    const hash = writeRoute(next);
    if (how === 'step') pending.current = setTimeout(() => history.replaceState(null, '', hash), calmMs);
    else if (hash !== location.hash) history.pushState(null, '', hash);
    setRoute(next);
  }, []);
  return [route, go];
};
