import type { FollowAddress } from './address.ts';
import type { Follower } from './follower.ts';
import { keepLines } from './kept-lines.ts';

/** What a journal tells a viewer. */
export type Following = {
  /** Lines as they are written into the journal, each with its end. */
  readonly tell: (lines: string) => void;
  readonly flush: () => Promise<void>;
};

/** As much as one file of a journal: a viewer that comes late still gets the beginning. */
const maxKept = 1 << 20;

/** Nothing is loaded and nobody is called before there is something to tell. */
export const followOnDemand = (address: FollowAddress): Following => {
  const kept = keepLines(maxKept);
  let loading: Promise<void> | null = null;
  let follower: Follower | null = null;
  const load = async (): Promise<void> => {
    const { openFollower } = await import('./follower.ts');
    follower = openFollower(address, kept);
    follower.told();
  };
  return {
    tell: lines => {
      for (const line of lines.split('\n')) if (line !== '') kept.add(line);
      // An app whose files are gone has other worries than a viewer.
      loading ??= load().catch(() => undefined);
      follower?.told();
    },
    flush: async () => {
      await loading;
      await follower?.flush();
    },
  };
};
