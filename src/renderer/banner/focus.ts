/**
 * Keeps the focus where a person can go on from: a button that goes leaves it to the box, which then is read out, and a
 * banner that goes gives it back to where it came from. It never jumps to another button, which the next key would press.
 */
export type FocusKeeper = { readonly around: (change: () => void) => void };

const giveBack = (before: Element | null): void => {
  if (before instanceof HTMLElement && before.isConnected) before.focus();
};

export const createFocusKeeper = (host: HTMLElement, root: ShadowRoot, box: HTMLElement): FocusKeeper => {
  let before: Element | null = null;
  host.addEventListener('focusin', ({ relatedTarget }) => {
    if (relatedTarget instanceof Element && relatedTarget !== host) before = relatedTarget;
  });
  return {
    around: change => {
      const had = root.activeElement;
      change();
      if (had === null || (had.isConnected && had !== box)) return;
      if (box.dataset.kind !== '') box.focus();
      else giveBack(before);
    },
  };
};
