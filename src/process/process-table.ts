import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { processToken } from './identity.ts';

/** One running process and where it belongs. `session` is 0 where the system does not tell. */
type Row = {
  readonly pid: number;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
};

/** A process that is known again although its pid may be reused. */
export type Victim = { readonly pid: number; readonly token: string };

/** The command in parentheses may hold anything, so the fields are counted after its last one. */
const linuxRow = (pid: number): Row | null => {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state = '', parent, group, session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { pid, state, parent: Number(parent), group: Number(group), session: Number(session) };
  } catch {
    // It ended while the table was read.
    return null;
  }
};

const linuxTable = (): readonly Row[] =>
  fs
    .readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(name => linuxRow(Number(name)))
    .filter(row => row !== null);

const psTable = (): Promise<readonly Row[]> =>
  new Promise(resolve => {
    execFile('ps', ['-A', '-o', 'pid=,ppid=,pgid='], { timeout: 2000 }, (error, stdout) => {
      // Without a table only the process group is reached.
      if (error !== null) return resolve([]);
      const rows = stdout.split('\n').map(line => line.trim().split(/\s+/).map(Number));
      resolve(
        rows.map(([pid = 0, parent = 0, group = 0]) => ({ pid, state: '', parent, group, session: 0 })),
      );
    });
  });

const readTable = async (): Promise<readonly Row[]> => {
  if (process.platform === 'win32') return [];
  return process.platform === 'linux' ? linuxTable() : await psTable();
};

const isMember = (row: Row, roots: ReadonlySet<number>, known: ReadonlySet<number>): boolean =>
  known.has(row.parent) || roots.has(row.group) || roots.has(row.session);

/**
 * Everything below some processes: descendants, also those in a session or group of their own, and whatever is in a
 * group or session that one of them leads although its parent is gone. Without the processes themselves, which must be
 * running: the number of a dead one may be somebody else's. Empty on Windows: `taskkill` walks there.
 */
export const treeBelow = async (running: readonly Victim[]): Promise<readonly Victim[]> => {
  const roots = new Set(running.map(({ pid }) => pid));
  if (roots.size === 0) return [];
  const rows = (await readTable()).filter(({ pid }) => pid > 1 && pid !== process.pid);
  const known = new Set(roots);
  for (let size = 0; size !== known.size; ) {
    size = known.size;
    for (const row of rows) if (isMember(row, roots, known)) known.add(row.pid);
  }
  return [...known]
    .filter(pid => !roots.has(pid))
    .flatMap(pid => {
      const token = processToken(pid);
      return token === null ? [] : [{ pid, token }];
    });
};

/** What a process that has ended left running in the group or session that it led. Known on Linux only; elsewhere empty. */
export const leftBehind = (pid: number): readonly Victim[] => {
  if (process.platform !== 'linux') return [];
  return linuxTable()
    .filter(row => row.pid !== pid && (row.group === pid || row.session === pid))
    .flatMap(row => {
      const token = processToken(row.pid);
      return token === null ? [] : [{ pid: row.pid, token }];
    });
};

const environmentOf = (pid: number): readonly string[] => {
  try {
    return fs.readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
  } catch {
    // It has ended, or it is somebody else's.
    return [];
  }
};

/** The processes that were started with one of these variables in their environment. Empty where Linux is not. */
export const startedWith = (variables: readonly string[]): readonly number[] => {
  if (process.platform !== 'linux' || variables.length === 0) return [];
  const wanted = new Set(variables);
  return fs
    .readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => environmentOf(pid).some(variable => wanted.has(variable)));
};

/** Is the process stopped (SIGSTOP, a debugger)? Known on Linux only; elsewhere false. */
export const isStopped = (pid: number): boolean =>
  process.platform === 'linux' && ['T', 't'].includes(linuxRow(pid)?.state ?? '');
