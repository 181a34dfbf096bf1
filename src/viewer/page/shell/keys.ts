import { useLayoutEffect, useRef } from 'preact/hooks';

/** By the name of the key. */
export type KeyMap = Readonly<Record<string, () => void>>;

/** Where keys mean something of their own. */
const typing = 'input:not([type=range]):not([type=file]), textarea, select';
/** Wherever the focus is while it is open. */
const modal = 'dialog[open]';
const ownArrows = '.canvas, .results, input[type=range]';

const isArrow = (key: string): boolean => /^(?:Arrow|Home|End)/.test(key);

/** Keys that work wherever the focus is, but where someone types. */
export const useKeys = (keys: KeyMap): void => {
  // Keys may come faster than effects: what they do is that of the newest picture.
  const newest = useRef(keys);
  newest.current = keys;
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest(typing) != null || document.querySelector(modal) !== null) return;
      if (isArrow(event.key) && target?.closest(ownArrows) != null) return;
      const known = newest.current;
      const act = Object.hasOwn(known, event.key) ? known[event.key] : undefined;
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
};
