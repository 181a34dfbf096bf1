import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { hasErrno } from '#src/failure.js';
import type { AppWorld } from '../app-world.ts';
import type { Keep } from './animals.ts';

const listen = async (port: number): Promise<Server> => {
  const server = createServer((_, response) => response.end('{}')).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
};

/** Below the ports that systems give to whoever asks for any: nobody else takes one of these between our look and its use. */
const [lowest, highest] = [12_000, 30_000];

/** A port that nobody listens on now. */
const freePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(lowest, highest);
    try {
      const server = await listen(port);
      server.close();
      await once(server, 'close');
      return port;
    } catch (error) {
      if (!hasErrno(error, 'EADDRINUSE')) throw error;
    }
  }
};

/** What a runtime of the zoo may need around it. */
export const keepFor = async ({ dir }: AppWorld): Promise<Keep> => {
  const somewhere = await freePort();
  const server = await listen(somewhere);
  onTestFinished(() => void server.close());
  return {
    port: await freePort(),
    state: path.join(dir, 'starts'),
    nowhere: `http://127.0.0.1:${await freePort()}/`,
    somewhere: `http://127.0.0.1:${somewhere}/`,
  };
};

const bears = (pid: string, variable: string): boolean => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(variable);
  } catch {
    return false;
  }
};

/** The pids of everything that was begun for this world and still runs: it was given an entry inside. Linux tells. */
export const survivorsOf = ({ dir }: AppWorld): string[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter(pid => bears(pid, `STAGEDOOR_ENTRY=${dir}`));
