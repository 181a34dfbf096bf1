import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LiveLines, LiveState } from './live-lines.ts';

/** Bytes that wait for a page before no more are made for it. */
const longestBacklog = 256 << 10;

/** The line after the last one that a page has; a browser says so when it connects again. */
const beginningOf = ({ headers }: IncomingMessage): number => {
  const last = String(headers['last-event-id'] ?? '');
  return /^\d{1,15}$/.test(last) ? Number(last) + 1 : 1;
};

/** Tells a page the lines that are kept, in order, then each new one; and who is followed. A slow page gets them as it reads. */
export const streamEvents = (request: IncomingMessage, response: ServerResponse, live: LiveLines): void => {
  let place = beginningOf(request);
  const sendLines = (): void => {
    while (response.writableLength < longestBacklog) {
      const next = live.at(place);
      if (next === undefined) return;
      place = next.place + 1;
      response.write(`id: ${next.place}\nevent: line\ndata: ${next.line}\n\n`);
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
