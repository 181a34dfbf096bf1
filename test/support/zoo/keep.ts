import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { AppWorld } from '../app-world.ts';
import type { Keep } from './animals.ts';

const listen = async (): Promise<{ readonly server: Server; readonly port: number }> => {
  const server = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 };
};

/** A port that nobody listens on now. */
const freePort = async (): Promise<number> => {
  const { server, port } = await listen();
  server.close();
  await once(server, 'close');
  return port;
};

/** What a runtime of the zoo may need around it. */
export const keepFor = async ({ dir }: AppWorld): Promise<Keep> => {
  const { server, port } = await listen();
  onTestFinished(() => void server.close());
  return {
    port: await freePort(),
    state: path.join(dir, 'starts'),
    nowhere: `http://127.0.0.1:${await freePort()}/`,
    somewhere: `http://127.0.0.1:${port}/`,
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
