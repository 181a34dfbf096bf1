import http from 'node:http';
import type { FollowAddress } from './address.ts';
import type { KeptLines } from './kept-lines.ts';

/** `refused`: what answers is no viewer, or another one. `ended`: it has everything. */
export type Ending = {
  readonly how: 'refused' | 'lost' | 'ended';
  readonly lastedMs: number;
  /** Lines have come that were not sent. */
  readonly isBehind: boolean;
};

/** One request that lasts as long as there is something to tell: the viewer sees that this process lives. */
export type Connection = {
  /** Sends the lines that are new. */
  readonly push: () => void;
  /** Sends the rest; resolves when the viewer has it, or does not take it. */
  readonly end: () => Promise<void>;
};

/** A viewer that takes nothing for so long is given up: what waits to be sent would hold the process. */
const longestStallMs = 3000;
const longestEndMs = 500;

/** Begins with the oldest line that is kept; a viewer that knows it already leaves it out. */
export const connect = (
  { host, port, path }: FollowAddress,
  kept: KeptLines,
  closed: (ending: Ending) => void,
): Connection => {
  const headers = { 'content-type': 'application/x-ndjson' };
  // An agent of its own: neither the proxy nor the pool of the app is used.
  const request = http.request({ host, port, path, method: 'POST', headers, agent: false });
  let how: Ending['how'] = 'lost';
  let place = 1;
  let isEnding = false;
  const begun = performance.now();
  let stall: NodeJS.Timeout | undefined;

  const wait = (): void => {
    stall = setTimeout(() => request.destroy(), longestStallMs).unref();
  };
  const goOn = (): void => {
    clearTimeout(stall);
    stall = undefined;
    push();
  };
  const sendNext = (): boolean | undefined => {
    const next = kept.at(place);
    if (next === undefined) return undefined;
    place = next.place + 1;
    return request.write(`${next.line}\n`);
  };
  const push = (): void => {
    if (stall !== undefined || isEnding) return;
    let taken = sendNext();
    while (taken === true) taken = sendNext();
    if (taken === undefined) return;
    wait();
    request.once('drain', goOn);
  };

  wait();
  request.on('socket', socket => {
    if (!isEnding) socket.unref();
    socket.once('connect', goOn);
  });
  request.on('response', response => {
    const { statusCode = 0 } = response;
    if (statusCode === 204 && isEnding) how = 'ended';
    else if (statusCode >= 400 && statusCode < 500) how = 'refused';
    response.resume();
    if (!isEnding) request.destroy();
  });
  // What failed is told by `close`, which follows.
  request.on('error', () => undefined);
  request.on('close', () => {
    clearTimeout(stall);
    closed({ how, lastedMs: performance.now() - begun, isBehind: kept.at(place) !== undefined });
  });

  return {
    push,
    end: () =>
      new Promise(resolve => {
        isEnding = true;
        const limit = setTimeout(() => request.destroy(), longestEndMs);
        request.once('close', () => {
          clearTimeout(limit);
          resolve();
        });
        request.socket?.ref();
        while (sendNext() !== undefined);
        request.end();
      }),
  };
};
