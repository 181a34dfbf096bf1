import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LiveLines } from './live-lines.ts';

/** Characters; far more than any entry of a journal has. */
const longestLine = 256 << 10;
/** A process has something to tell at once. */
const longestSilenceMs = 10_000;

/** Cuts a text that comes in pieces into lines. A line that is too long is left out, and never kept. */
export const cutLines = (tell: (line: string) => void): ((text: string) => void) => {
  let rest = '';
  let isTooLong = false;
  return text => {
    const pieces = text.split('\n');
    const last = pieces.pop() ?? '';
    for (const piece of pieces) {
      const line = rest + piece;
      if (!isTooLong && line.length <= longestLine) tell(line);
      rest = '';
      isTooLong = false;
    }
    rest += last;
    if (rest.length <= longestLine) return;
    rest = '';
    isTooLong = true;
  };
};

/** Takes in what a process tells, for as long as it lives. */
export const takeLines = (
  request: IncomingMessage,
  response: ServerResponse,
  live: LiveLines,
  silenceMs: number = longestSilenceMs,
): void => {
  const source = live.connect();
  const silence = setTimeout(() => request.destroy(), silenceMs).unref();
  const cut = cutLines(line => {
    if (source.tell(line)) clearTimeout(silence);
  });
  request.setEncoding('utf8');
  request.on('data', cut);
  request.on('end', () => response.writeHead(204).end());
  // A process that is killed is no fault of this one; `close` tells its end.
  request.on('error', () => undefined);
  response.on('close', () => {
    clearTimeout(silence);
    source.end();
  });
};
