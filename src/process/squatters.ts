import fs from 'node:fs';
import { errnoOf } from '../failure.ts';
import { processToken } from './identity.ts';
import type { Victim } from './process-table.ts';

/** A file or folder of /proc belongs to a process that may end, or to another user: then it says nothing. */
const look = <T>(read: () => T, otherwise: T): T => {
  try {
    return read();
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return otherwise;
  }
};

const listening = '0A';

/** Inodes of the sockets that listen on a port (proc_pid_net(5): local address in hexadecimal, state, …, inode). */
const listenersOn = (port: number): ReadonlySet<string> => {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap(file =>
    look(() => fs.readFileSync(file, 'latin1').split('\n').slice(1), []),
  );
  return new Set(
    rows
      .map(row => row.trim().split(/\s+/))
      .filter(([, local = '', , state]) => local.endsWith(suffix) && state === listening)
      .map(fields => `socket:[${fields[9]}]`),
  );
};

const holds = (pid: number, sockets: ReadonlySet<string>): boolean =>
  look(() => fs.readdirSync(`/proc/${pid}/fd`), []).some(fd =>
    sockets.has(look(() => fs.readlinkSync(`/proc/${pid}/fd/${fd}`), '')),
  );

const attemptOf = (pid: number): string | undefined =>
  look(() => fs.readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0'), [])
    .find(variable => variable.startsWith('STAGEDOOR_ATTEMPT='))
    ?.slice('STAGEDOOR_ATTEMPT='.length);

/**
 * Who listens on a port and was begun by one of these attempts, in whatever group or session it hides (P-29). Known on
 * Linux only, where a process tells its environment; elsewhere empty.
 */
export const squattersOf = (port: number, isOver: (attempt: string) => boolean): readonly Victim[] => {
  if (process.platform !== 'linux') return [];
  const sockets = listenersOn(port);
  if (sockets.size === 0) return [];
  return fs
    .readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)
    .filter(pid => {
      const attempt = attemptOf(pid);
      return attempt !== undefined && isOver(attempt) && holds(pid, sockets);
    })
    .flatMap(pid => {
      const token = processToken(pid);
      return token === null ? [] : [{ pid, token }];
    });
};
