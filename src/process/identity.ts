import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hasErrno } from '../failure.ts';

/**
 * Identity of a process as `<pid>-<start>-<boot>`: a pid alone is reused, a start time alone is relative to a boot.
 * Made of letters, digits and hyphens, so that it can be part of a file name.
 */
const shape = /^([1-9]\d{0,9})-[a-z0-9]+-[a-z0-9]+$/;

const readText = (path: string): string | null => {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (hasErrno(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return null;
    throw error;
  }
};

let bootId: string | undefined;
const linuxBoot = (): string => {
  bootId ??=
    readText('/proc/sys/kernel/random/boot_id')
      ?.replace(/[^0-9a-f]/g, '')
      .slice(0, 12) || '0';
  return bootId;
};

/** Fields after the command's closing parenthesis (it may hold anything): state is the first, start time the 20th. */
const linuxToken = (pid: number): string | null => {
  const stat = readText(`/proc/${pid}/stat`);
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, start] = [fields[0], fields[19]];
  if (start === undefined || state === 'Z' || state === 'X') return null;
  return `${pid}-${start}-${linuxBoot()}`;
};

const answersSignals = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return hasErrno(error, 'EPERM');
  }
};

/** macOS tells the start only through `ps`, in wall-clock seconds: no boot id is needed beside it. */
const darwinToken = (pid: number): string | null => {
  if (!answersSignals(pid)) return null;
  const { stdout } = spawnSync('/bin/ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { LC_ALL: 'C', TZ: 'UTC' },
    timeout: 2000,
  });
  const [, state = 'Z', started = ''] = /^\s*(\S+)\s+(.+?)\s*$/.exec(stdout ?? '') ?? [];
  const seconds = Date.parse(`${started} UTC`) / 1000;
  return state.startsWith('Z') || Number.isNaN(seconds) ? null : `${pid}-${seconds}-0`;
};

/** Windows has no cheap start time: a live pid counts as the same process, so nothing of a live one is ever swept. */
const plainToken = (pid: number): string | null => (answersSignals(pid) ? `${pid}-0-0` : null);

const isPid = (pid: number): boolean => Number.isSafeInteger(pid) && pid > 0;

/** The token of a running process, or null if there is none (a zombie counts as dead). */
export const processToken = (pid: number): string | null => {
  if (!isPid(pid)) return null;
  if (process.platform === 'linux') return linuxToken(pid);
  return process.platform === 'darwin' ? darwinToken(pid) : plainToken(pid);
};

let own: string | undefined;

/** The token of this process. */
export const ownToken = (): string => {
  own ??= processToken(process.pid) ?? `${process.pid}-0-0`;
  return own;
};

export const isToken = (text: string): boolean => shape.test(text);

export const pidOf = (token: string): number | null => {
  const pid = shape.exec(token)?.[1];
  return pid === undefined ? null : Number(pid);
};

/** Is the very process that the token was made of still running? Text that is no token names nobody. */
export const isAlive = (token: string): boolean => {
  if (token === own) return true;
  const pid = pidOf(token);
  return pid !== null && processToken(pid) === token;
};
