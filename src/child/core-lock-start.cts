import { existsSync, realpathSync } from 'node:fs';

/** What a process or a thread is started with is nobody's second copy: that very file, and nothing that claims it later. */
export type Start = {
  readonly isStart: (file: string) => boolean;
  /** Null: it has not come by. */
  readonly file: () => string | null;
};

/** As it was called, which may be a folder, or a link, or lack an ending. */
const isCalled = (called: string, file: string): boolean =>
  file.startsWith(called) || (existsSync(called) && file.startsWith(realpathSync(called)));

/** `called`: what it is called by, where that is known when the first file comes. */
export const startOf = (called: () => string | undefined, known: string | null = null): Start => {
  let start = known;
  return {
    file: () => start,
    isStart: file => {
      if (start === null) {
        const name = called();
        if (name === undefined || isCalled(name, file)) start = file;
      }
      return start === file;
    },
  };
};
