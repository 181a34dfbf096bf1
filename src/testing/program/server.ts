import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { identity, sayBusy } from './protocol.ts';

/** The port: `--port N`, `--port=N`, `PORT`, else any free one. */
export const wantedPort = (): number => {
  const [, , ...args] = process.argv;
  const at = args.indexOf('--port');
  const joined = args.find(arg => arg.startsWith('--port='))?.slice('--port='.length);
  return Number((at < 0 ? joined : args[at + 1]) ?? process.env.PORT ?? 0);
};

const obey = (url: URL): void => {
  if (url.pathname === '/busy') void sayBusy(true);
  if (url.pathname === '/idle') void sayBusy(false);
  if (url.pathname !== '/die') return;
  const signal = url.searchParams.get('signal');
  if (signal !== null) process.kill(process.pid, signal);
  else process.exit(Number(url.searchParams.get('code') ?? 1));
};

/**
 * Answers every path with who it is. `/busy` and `/idle` are passed on to the shell; `/die?code=N` and `/die?signal=NAME`
 * end the process after the answer.
 */
export const serve = async (
  version: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Server> => {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    response.setHeader('content-type', 'application/json');
    response.setHeader('connection', 'close');
    response.end(JSON.stringify({ ...identity(version), ...more }), () => obey(url));
  });
  server.listen(wantedPort(), '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  process.stdout.write(`listening on http://127.0.0.1:${port}\n`);
  return server;
};
