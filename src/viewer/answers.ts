import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JournalFile } from '../film/journal-lines.ts';
import { streamEvents } from './event-stream.ts';
import { takeLines } from './line-intake.ts';
import type { LiveLines } from './live-lines.ts';
import { usualHeaders } from './page-headers.ts';
import type { Wanted } from './request-check.ts';

/** Of each kind at once: pages, and processes. */
export const manyStreams: number = 16;

/** What the answers are made of. */
export type ViewerParts = {
  readonly page: string;
  readonly policy: string;
  /** For `given`. */
  readonly journal: readonly JournalFile[] | null;
  readonly live: LiveLines;
  readonly streams: Readonly<Record<'live' | 'lines', Set<ServerResponse>>>;
  readonly silenceMs: number | undefined;
};

const refuse = (
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void => {
  response.writeHead(status, { ...headers, connection: 'close' }).end();
};

const openStream = (
  { live, streams, silenceMs }: ViewerParts,
  kind: 'live' | 'lines',
  request: IncomingMessage,
  response: ServerResponse,
): void => {
  const others = streams[kind];
  if (others.size >= manyStreams) refuse(response, 503);
  else {
    others.add(response);
    response.on('close', () => others.delete(response));
    if (kind === 'live') streamEvents(response, live);
    else takeLines(request, response, live, silenceMs);
  }
};

const givenText = ({ journal }: ViewerParts): string =>
  JSON.stringify({ journal: journal === null ? null : { files: journal }, live: journal === null });

/** Answers a request that has been checked. */
export const answer = (
  parts: ViewerParts,
  wanted: Wanted,
  request: IncomingMessage,
  response: ServerResponse,
): void => {
  for (const [name, value] of Object.entries(usualHeaders)) response.setHeader(name, value);
  switch (wanted.kind) {
    case 'refusal':
      refuse(response, wanted.status, wanted.allow === undefined ? {} : { allow: wanted.allow });
      return;
    case 'page':
      response.setHeader('content-security-policy', parts.policy);
      response.setHeader('content-type', 'text/html; charset=utf-8').end(parts.page);
      return;
    case 'given':
      response.setHeader('content-type', 'application/json').end(givenText(parts));
      return;
    default:
      openStream(parts, wanted.kind, request, response);
  }
};
