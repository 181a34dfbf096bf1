import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { hasErrno } from '../failure.ts';
import { isAlive } from './identity.ts';
import type { Victim } from './process-table.ts';

/** Sends a signal to a process, or to a group if the pid is negative; false if there is none or it is not ours. */
export const sendSignal = (pid: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (hasErrno(error, 'ESRCH', 'EPERM')) return false;
    throw error;
  }
};

/** A signal to the process group of a child that was spawned detached; to the child alone where it leads no group. */
export const signalGroup = (pid: number, signal: NodeJS.Signals): boolean =>
  process.platform === 'win32'
    ? sendSignal(pid, signal)
    : sendSignal(-pid, signal) || sendSignal(pid, signal);

/** Asking for the token costs a subprocess on macOS, so it is asked only of a pid that answers. */
export const isRunning = ({ pid, token }: Victim): boolean => {
  if (process.platform === 'linux') return isAlive(token);
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return hasErrno(error, 'EPERM');
  }
};

/** A signal to those that are still the ones they were (pids are reused). */
export const signalEach = (victims: readonly Victim[], signal: NodeJS.Signals): void => {
  for (const { pid, token } of victims) if (isAlive(token)) sendSignal(pid, signal);
};

/** Waits until none of them runs any more; false if one does after `limitMs`. */
export const allGone = async (victims: () => readonly Victim[], limitMs: number): Promise<boolean> => {
  const start = performance.now();
  for (let wait = 5; ; wait = Math.min(wait * 1.5, 100)) {
    if (!victims().some(isRunning)) return true;
    const left = limitMs - (performance.now() - start);
    if (left <= 0) return false;
    await pause(Math.min(wait, left));
  }
};

/** Windows: ends a whole tree at once; any kill is abrupt there, and without /F console programs are not reached. */
export const taskkill = (pid: number): Promise<void> =>
  new Promise(resolve => {
    execFile('taskkill', ['/PID', String(pid), '/T', '/F'], { timeout: 5000, windowsHide: true }, () =>
      resolve(),
    );
  });
