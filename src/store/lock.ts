import { createHash } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errnoOf, hasErrno } from '../failure.ts';
import type { Layout } from './layout.ts';

/**
 * A lock that the kernel releases with its holder: a listening socket. It only spares work. Correctness rests on unique
 * folders and on reading again right before a rename, so whoever waited too long (a sleeping holder) goes on without it
 * (P-33), and so does one whose system has no sockets to give.
 */
const patienceMs = 1000;

const addressOf = (layout: Layout, name: string): string => {
  const key = createHash('sha256').update(`${layout.root}\n${name}`).digest('hex').slice(0, 24);
  if (process.platform === 'linux') return `\0stagedoor-${key}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\stagedoor-${key}`;
  return path.join(tmpdir(), `stagedoor-${key}.sock`);
};

/** Loaded at the first write: deciding what to launch only reads, and its imports are counted. */
const sockets = () => import('node:net');

const listen = async (address: string): Promise<Server> => {
  const { createServer } = await sockets();
  return new Promise((resolve, reject) => {
    const server = createServer(socket => socket.destroy());
    server.unref();
    server.on('error', reject);
    server.listen({ path: address, exclusive: true }, () => resolve(server));
  });
};

/** A socket file outlives its holder: nobody answers there any more. */
const isDeserted = async (address: string): Promise<boolean> => {
  const { connect } = await sockets();
  return new Promise(resolve => {
    const socket = connect(address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', error => resolve(hasErrno(error, 'ECONNREFUSED')));
  });
};

const clearDeserted = async (address: string): Promise<void> => {
  if (!path.isAbsolute(address) || process.platform === 'win32' || !(await isDeserted(address))) return;
  try {
    unlinkSync(address);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
  }
};

const acquire = async (address: string): Promise<Server | null> => {
  const end = performance.now() + patienceMs;
  while (performance.now() < end) {
    try {
      return await listen(address);
    } catch (error) {
      if (!hasErrno(error, 'EADDRINUSE')) return null;
    }
    await clearDeserted(address);
    await delay(2 + Math.random() * 8);
  }
  return null;
};

const release = (server: Server | null): Promise<void> =>
  new Promise(resolve => {
    if (server === null) resolve();
    else server.close(() => resolve());
  });

/** Runs work while no other process runs work under the same name in this store, as far as that can be had in a second. */
export const withLock = async <T>(layout: Layout, name: string, work: () => Promise<T>): Promise<T> => {
  const server = await acquire(addressOf(layout, name));
  try {
    return await work();
  } finally {
    await release(server);
  }
};
