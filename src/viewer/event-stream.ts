import type { ServerResponse } from 'node:http';
import type { LiveLines, LiveState } from './live-lines.ts';

/** Bytes that wait for a page before no more are made for it. */
const longestBacklog = 256 << 10;

/**
 * Tells a page who is followed, the lines that are kept, in order, and then each new one. A slow page gets them as it reads;
 * one that connects again gets everything again.
 */
export const streamEvents = (response: ServerResponse, live: LiveLines): void => {
  let place = 1;
  const sendLines = (): void => {
    while (response.writableLength < longestBacklog) {
      const next = live.at(place);
      if (next === undefined) return;
      place = next.place + 1;
      response.write(`event: line\ndata: ${next.line}\n\n`);
    }
  };
  const sendState = (state: LiveState): void => {
    // A page that reads nothing while processes come and go.
    if (response.writableLength > 4 * longestBacklog) response.destroy();
    else response.write(`event: state\ndata: ${JSON.stringify(state)}\n\n`);
  };
  const detach = live.listen({ lines: sendLines, state: sendState });
  response.on('drain', sendLines);
  response.on('close', detach);
  response.on('error', () => undefined);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  sendState(live.state());
  sendLines();
};
