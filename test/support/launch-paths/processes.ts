import { readdirSync, readFileSync } from 'node:fs';
import { createOthers } from './others.ts';

const read = (file: string): string => {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    // It has ended while it was looked at.
    return '';
  }
};

const stateOf = (pid: number): string => {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
};

/** A zombie does not run. */
export const isRunning = (pid: number): boolean => !['Z', 'X', ''].includes(stateOf(pid));

export const isStopped = (pid: number): boolean => stateOf(pid) === 'T';

const parentOf = (pid: number): number => {
  const stat = read(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
};

/** The number that the system gave away last; numbers come again only after it has begun anew. */
const lastNumber = (): number => Number(read('/proc/loadavg').trim().split(' ').at(-1));

const others = createOthers();

const isChildOfThis = (pid: number): boolean => {
  if (others.has(pid)) return false;
  const parent = parentOf(pid);
  if (parent === process.pid) return true;
  if (!Number.isNaN(parent)) others.add(pid);
  return false;
};

/** By their parents: the list of children that the system keeps leaves some out while others end (proc_pid_task(5)). */
const childrenOfThis = (): number[] => {
  others.look(lastNumber());
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(isChildOfThis);
};

/** What is handed over to the program, whatever its options are. A child that is being loaded has no command line at first. */
const entryOf = (pid: number, folder: string): string => {
  for (;;) {
    const line = read(`/proc/${pid}/cmdline`);
    const [, ...handed] = line.split('\0');
    if (line !== '' || !isRunning(pid)) return handed.find(text => text.startsWith(folder)) ?? '';
  }
};

/** A living child of this process as the system knows it: what it runs and for which attempt. */
export type LivingChild = {
  readonly pid: number;
  readonly entry: string;
  readonly attempt: string | undefined;
};

const variable = (pid: number, name: string): string | undefined =>
  read(`/proc/${pid}/environ`)
    .split('\0')
    .find(text => text.startsWith(`${name}=`))
    ?.slice(name.length + 1);

/** The living children of this process that run something below a folder. */
export const childrenBelow = (folder: string): LivingChild[] =>
  childrenOfThis()
    .filter(isRunning)
    .map(pid => ({ pid, entry: entryOf(pid, folder) }))
    .filter(({ entry }) => entry !== '')
    .map(({ pid, entry }) => ({ pid, entry, attempt: variable(pid, 'STAGEDOOR_ATTEMPT') }));
