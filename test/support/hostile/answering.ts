import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer, type Server } from 'node:net';
import { onTestFinished } from 'vitest';

type Listening = { readonly port: number };

const listen = async (server: Server, host: string, close: () => void): Promise<Listening> => {
  server.listen(0, host);
  await once(server, 'listening');
  onTestFinished(close);
  return { port: (server.address() as AddressInfo).port };
};

/** A server of its own beside the registry, with every request that it got. */
export const startServer = async (
  answer: RequestListener,
  host = '127.0.0.1',
): Promise<Listening & { readonly requests: readonly IncomingMessage[] }> => {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  const { port } = await listen(server, host, () => {
    server.close();
    server.closeAllConnections();
  });
  return { port, requests };
};

/** A server below HTTP: it reads a request's head and writes what `answer` makes of it, then ends the connection. */
export const startRawServer = async (answer: (head: string) => string | Buffer): Promise<Listening> => {
  const server = createTcpServer(socket => {
    let head = '';
    socket.on('error', () => socket.destroy());
    socket.on('data', chunk => {
      head += chunk.toString('latin1');
      if (head.includes('\r\n\r\n')) socket.end(answer(head));
    });
  });
  return listen(server, '127.0.0.1', () => server.close());
};
