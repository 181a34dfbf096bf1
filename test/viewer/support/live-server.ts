import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { viewerFile } from './browser.ts';

type Told = { readonly event: 'line' | 'state'; readonly data: string };

/** A server as the page knows it: the page, `given`, and `live`, which tells everything from the beginning. */
export const serveViewer = async (given: unknown) => {
  const told: Told[] = [];
  const listeners = new Set<ServerResponse>();
  const tell = (response: ServerResponse, { event, data }: Told): void => {
    response.write(`event: ${event}\ndata: ${data}\n\n`);
  };
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (path === '/given')
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(given));
    else if (path === '/live') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write('retry: 20\n\n');
      for (const each of told) tell(response, each);
      listeners.add(response);
      response.on('close', () => listeners.delete(response));
    } else response.writeHead(200, { 'content-type': 'text/html' }).end(readFileSync(viewerFile));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const say = (event: Told['event'], data: string): void => {
    told.push({ event, data });
    for (const response of listeners) tell(response, { event, data });
  };
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    line: (line: string): void => say('line', line),
    state: (state: string, process: string | null): void => say('state', JSON.stringify({ state, process })),
    /** The connection breaks; the browser comes again by itself. */
    hangUp: (): void => {
      for (const response of listeners) response.end();
    },
  };
};
