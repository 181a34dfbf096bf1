import { processToken } from './identity.ts';
import { leftBehind, startedWith, treeBelow, type Victim } from './process-table.ts';
import { allGone, isRunning, sendSignal, signalEach, signalGroup, taskkill } from './signalling.ts';

export type StopDeadlines = {
  /** Head start of the request over IPC before SIGTERM, for a child that speaks to us. */
  readonly askMs: number;
  /** From the first request to SIGKILL. */
  readonly graceMs: number;
  /** What is waited for after SIGKILL. */
  readonly killMs: number;
};

export const defaultDeadlines: StopDeadlines = { askMs: 250, graceMs: 5000, killMs: 2000 };

export type StopTarget = Victim & {
  /** It has spoken to us over IPC, so it probably listens, too. */
  readonly speaks: boolean;
  /** Asks it to end. */
  ask(): void;
  /** A signal that somebody sent us, to be passed on: it takes the place of the request and of SIGTERM. */
  readonly forward?: NodeJS.Signals | undefined;
};

const stopOnWindows = async (root: StopTarget, limits: StopDeadlines): Promise<boolean> => {
  root.ask();
  if (await allGone(() => [root], root.speaks ? limits.graceMs : limits.askMs)) return true;
  await taskkill(root.pid);
  return allGone(() => [root], limits.killMs);
};

/** SIGTERM to the group first; whoever left it hears of it when the root is gone and can't end it itself. */
const terminate = async (root: StopTarget, below: readonly Victim[], left: () => number): Promise<void> => {
  if (isRunning(root)) signalGroup(root.pid, root.forward ?? 'SIGTERM');
  if (await allGone(() => [root], left())) signalEach(below, 'SIGTERM');
};

/**
 * Ends a process and everything below it: asks over IPC and by SIGTERM (or the forwarded signal) to its group, and after `graceMs` kills what is
 * left, descendants that left the group included (P-31). Resolves to false if something still runs then.
 */
export const stopTree = async (
  root: StopTarget,
  limits: StopDeadlines = defaultDeadlines,
): Promise<boolean> => {
  if (process.platform === 'win32') return stopOnWindows(root, limits);
  const start = performance.now();
  const left = (): number => Math.max(0, limits.graceMs - (performance.now() - start));
  // Collected before anything ends: a descendant whose parent is gone can't be found any more.
  let below = isRunning(root) ? await treeBelow([root]) : [];
  const everyone = (): readonly Victim[] => [root, ...below];

  if (root.forward === undefined) {
    root.ask();
    if (root.speaks && (await allGone(everyone, Math.min(limits.askMs, left())))) return true;
  }
  await terminate(root, below, left);
  if (await allGone(everyone, left())) return true;

  below = [...below, ...(await treeBelow(everyone().filter(isRunning)))];
  if (isRunning(root)) signalGroup(root.pid, 'SIGKILL');
  signalEach(everyone(), 'SIGKILL');
  return allGone(everyone, limits.killMs);
};

/** Helpers of a runtime that crashed hold up its fallback, so they are given less time than a runtime that the user ends. */
const leftoverDeadlines = { graceMs: 1000, killMs: 1000 };

/** Told to end, and after `graceMs` made to; resolves when they are gone or `killMs` after that. */
export const endAll = async (
  victims: readonly Victim[],
  { graceMs, killMs }: Omit<StopDeadlines, 'askMs'> = leftoverDeadlines,
): Promise<void> => {
  signalEach(victims, 'SIGTERM');
  if (await allGone(() => victims, graceMs)) return;
  signalEach(victims, 'SIGKILL');
  await allGone(() => victims, killMs);
};

/** The same for a runtime that leads no group: by what it was started with, which its helpers have from it. Linux only. */
export const endStartedWith = async (variable: string): Promise<void> => {
  const left = startedWith([variable]).flatMap(pid => {
    const token = processToken(pid);
    return token === null ? [] : [{ pid, token }];
  });
  await endAll(left);
};

/** Ends what a runtime that crashed left in its group: it would hold the port or the files against the next candidate. */
export const endLeftovers = async (pid: number): Promise<void> => {
  if (process.platform === 'win32') return;
  sendSignal(-pid, 'SIGTERM');
  await endAll(leftBehind(pid));
};
