import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { errnoOf } from '#src/failure.js';
import { processToken } from '#src/process/identity.js';

export const markName = 'PROOF_MARK';

const environmentOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch (error) {
    // It has ended meanwhile.
    if (errnoOf(error) === undefined) throw error;
    return '';
  }
};

/** Only on Linux can every process be asked for the environment that it was started in; elsewhere none is found. */
const processes = (): string[] => (process.platform === 'linux' ? readdirSync('/proc') : []);

/** The running processes that were started with a mark in their environment, whoever knows of them. */
export const markedProcesses = (mark: string): number[] =>
  processes()
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => environmentOf(pid).split('\0').includes(`${markName}=${mark}`))
    .filter(pid => processToken(pid) !== null);

const promisedMs = 5_000;

/** The marked processes that still run after the time that is promised (P-30). */
export const leftAlive = async (mark: string): Promise<number[]> => {
  const end = performance.now() + promisedMs;
  for (;;) {
    const left = markedProcesses(mark);
    if (left.length === 0 || performance.now() > end) return left;
    await pause(20);
  }
};

export const endMarked = (mark: string): void => {
  for (const pid of markedProcesses(mark)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
    }
  }
};
