import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { onTestFinished } from 'vitest';

/** Files that are no regular ones, to be put into stores as hard links; null where this system can't make one. */
export type SpecialFiles = {
  readonly fifo: string | null;
  readonly socket: string | null;
  readonly device: string | null;
};

const madeBy = (program: string, file: string, ...rest: readonly string[]): string | null => {
  spawnSync(program, [file, ...rest], { stdio: 'ignore' });
  return existsSync(file) ? file : null;
};

const madeSocket = (file: string): Promise<string | null> =>
  new Promise(resolve => {
    const server = createServer();
    onTestFinished(() => void server.close());
    server.once('error', () => resolve(null));
    server.listen(file, () => resolve(file));
  });

export const makeSpecialFiles = async (dir: string): Promise<SpecialFiles> => ({
  fifo: madeBy('mkfifo', path.join(dir, 'fifo')),
  device: madeBy('mknod', path.join(dir, 'device'), 'c', '1', '3'),
  socket: process.platform === 'win32' ? null : await madeSocket(path.join(dir, 'socket')),
});

/**
 * Opening a FIFO that nobody else has open blocks the whole thread for ever. This watches from another thread: as soon as
 * nothing moves for some seconds, it opens the FIFO too, so that the blocked one goes on and the test can fail by it.
 */
export type FifoWatch = {
  /** Call it before each case; throws if the one before it was blocked. */
  readonly beat: () => void;
};

const patienceMs = 4000;
const program = `
  const { heart, fifo, patienceMs } = require('node:worker_threads').workerData;
  const { openSync, closeSync } = require('node:fs');
  let last = -1;
  setInterval(() => {
    const [beats, busy] = [Atomics.load(heart, 0), Atomics.load(heart, 2)];
    if (busy === 1 && beats === last) {
      Atomics.add(heart, 1, 1);
      closeSync(openSync(fifo, 'r+'));
    }
    last = beats;
  }, patienceMs);
`;

export const watchFifo = (fifo: string | null): FifoWatch & { readonly rest: () => void } => {
  if (fifo === null) return { beat: () => undefined, rest: () => undefined };
  const heart = new Int32Array(new SharedArrayBuffer(12));
  const worker = new Worker(program, { eval: true, workerData: { heart, fifo, patienceMs } });
  worker.unref();
  onTestFinished(async () => void (await worker.terminate()));
  const look = (busy: 0 | 1): void => {
    Atomics.add(heart, 0, 1);
    Atomics.store(heart, 2, busy);
    if (Atomics.exchange(heart, 1, 0) > 0)
      throw new Error('a FIFO was opened, and the whole process stood still');
  };
  return { beat: () => look(1), rest: () => look(0) };
};
