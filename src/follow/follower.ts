import type { FollowAddress } from './address.ts';
import { type Connection, connect, type Ending } from './connection.ts';
import type { KeptLines } from './kept-lines.ts';

/** Tells a viewer what is written into the journal, whenever there is one. Nothing waits for it, and nothing is held by it. */
export type Follower = {
  /** There are new lines. */
  readonly told: () => void;
  /** Half a second at most, and only where a viewer listens: what was told last has arrived. */
  readonly flush: () => Promise<void>;
};

const shortestPauseMs = 200;
const longestPauseMs = 5000;

export const openFollower = (address: FollowAddress, kept: KeptLines): Follower => {
  let connection: Connection | null = null;
  let pause: NodeJS.Timeout | undefined;
  let pauseMs = shortestPauseMs;
  let isRefused = false;

  const open = (): void => {
    pause = undefined;
    connection = connect(address, kept, closed);
  };
  const closed = ({ how, lastedMs, isBehind }: Ending): void => {
    connection = null;
    if (how === 'refused') isRefused = true;
    else if (how === 'lost') {
      if (lastedMs > longestPauseMs) pauseMs = shortestPauseMs;
      pause = setTimeout(open, pauseMs).unref();
      pauseMs = Math.min(2 * pauseMs, longestPauseMs);
    } else if (isBehind) open();
  };
  return {
    told: () => {
      if (connection !== null) connection.push();
      else if (!isRefused && pause === undefined) open();
    },
    flush: async () => {
      await connection?.end();
    },
  };
};
