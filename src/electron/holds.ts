import type { WebContents } from 'electron';
import type { Stagedoor } from '../stagedoor.ts';

/** Who wants no checks for now: the host, and each window for itself. The first begins the hold, the last ends it. */
export type Holds = {
  readonly hold: (who: object) => void;
  readonly release: (who: object) => void;
  readonly any: () => boolean;
};

export const createHolds = (stagedoor: Pick<Stagedoor, 'hold' | 'release'>, changed: () => void): Holds => {
  const holders = new Set<object>();
  return {
    hold: who => {
      const first = holders.size === 0;
      holders.add(who);
      if (first) stagedoor.hold();
      changed();
    },
    release: who => {
      if (!holders.delete(who)) return;
      if (holders.size === 0) stagedoor.release();
      changed();
    },
    any: () => holders.size > 0,
  };
};

export type WindowHolds = {
  readonly hold: (contents: WebContents) => void;
  readonly release: (contents: WebContents) => void;
  /** Listens to no window any more. */
  readonly end: () => void;
};

/** A window's hold ends with its page: one that is gone, or shows another page, wants nothing any more. */
export const holdsOfWindows = ({ hold, release }: Pick<Holds, 'hold' | 'release'>): WindowHolds => {
  const leaves = new Map<WebContents, () => void>();
  const end = (contents: WebContents): void => {
    leaves.get(contents)?.();
    leaves.delete(contents);
    release(contents);
  };
  const begin = (contents: WebContents): void => {
    if (leaves.has(contents)) return;
    const gone = (): void => end(contents);
    contents.on('destroyed', gone);
    contents.on('did-navigate', gone);
    contents.on('render-process-gone', gone);
    leaves.set(contents, () => {
      contents.off('destroyed', gone);
      contents.off('did-navigate', gone);
      contents.off('render-process-gone', gone);
    });
    hold(contents);
  };
  return {
    hold: begin,
    release: end,
    end: () => {
      for (const leave of leaves.values()) leave();
      leaves.clear();
    },
  };
};
