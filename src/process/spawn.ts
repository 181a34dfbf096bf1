import { type ChildProcess, spawn } from 'node:child_process';
import type { Exit } from '../../machines/contract.ts';
import type { StagedoorError } from '../failure.ts';
import { exitOf } from './child-exit.ts';
import { type ChildOutput, keepOutput } from './child-output.ts';
import { processToken } from './identity.ts';
import { signalGroup } from './signalling.ts';
import { spawnFailure } from './spawn-failure.ts';
import { createSubscribers } from './subscribers.ts';
import { defaultDeadlines, endLeftovers, type StopDeadlines, stopTree } from './tree-kill.ts';

export type SpawnSpec = {
  readonly exec: string;
  /** The first argument of the executable. */
  readonly entry: string;
  readonly cwd?: string | undefined;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** `inherit-through`: what is kept also goes to our own output as it comes. Default `pipe`. */
  readonly stdio?: 'pipe' | 'inherit-through' | undefined;
  readonly deadlines?: StopDeadlines | undefined;
};

/** A runtime as our child. Every subscription gives back a function that detaches that listener. */
export type RuntimeProcess = {
  /** 0 if it could not be spawned. */
  readonly pid: number;
  readonly token: string | null;
  /** Spawned and not ended; false as soon as the system has said so, before `exited` has the last output. */
  readonly running: boolean;
  /** Rejects with SPAWN_FAILED. */
  readonly spawned: Promise<void>;
  /** Never rejects. A child that could not be spawned resolves, too, after `spawned` was rejected. */
  readonly exited: Promise<Exit>;
  /** Messages over IPC; the first 32 are told again to each new listener, so that an early proof is not missed. */
  onMessage(listener: (message: unknown) => void): () => void;
  onOutput(listener: (stream: 'stdout' | 'stderr', chunk: Buffer) => void): () => void;
  /** The last 64 KiB of both streams together, or of one. */
  tail(stream?: 'stdout'): string;
  /** False if the channel is closed. */
  send(message: Readonly<Record<string, unknown>>): boolean;
  /** Input for the runtime. */
  write(chunk: Buffer | string): void;
  /** To the whole process group, as a terminal would. */
  signal(signal: NodeJS.Signals): void;
  /** Ends it with everything below it, gracefully and then certainly (P-31); a given signal is forwarded first. */
  stop(forward?: NodeJS.Signals): Promise<Exit>;
};

const rememberedMessages = 32;
const posix = process.platform !== 'win32';

/** A group of its own on POSIX, so that the whole tree can be signalled. IPC and standard input are its lifelines. */
const begin = ({ exec, entry, args, cwd, env }: SpawnSpec): ChildProcess =>
  spawn(exec, [entry, ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...env },
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    detached: posix,
    windowsHide: true,
  });

/** A pipe or channel whose other end is gone reports it; the exit of the child tells the same with a reason. */
const endsWithChild = (): void => undefined;

type Sent = Set<string>;

const observeEnd = (child: ChildProcess, output: ChildOutput, sent: Sent): Promise<Exit> => {
  const start = performance.now();
  return new Promise(resolve => {
    const settle = async (code: number | null, signal: NodeJS.Signals | null): Promise<void> => {
      const uptimeMs = performance.now() - start;
      // Helpers of a runtime that crashed would hold its port against the next start. An intended end leaves them be.
      const helpers = child.pid !== undefined && code !== 0 ? endLeftovers(child.pid) : null;
      await Promise.all([output.drained(child), helpers]);
      resolve(exitOf({ code, signal, uptimeMs, output: output.text(), sent }));
    };
    child.once('exit', (code, signal) => void settle(code, signal));
    child.once('error', () => {
      if (child.pid === undefined) void settle(null, null);
    });
  });
};

const observeSpawn = (child: ChildProcess, spec: SpawnSpec): Promise<void> => {
  const spawned = new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', error => reject(spawnFailure(error, spec)));
  });
  // Who does not ask for `spawned` hears of it by `exited`.
  spawned.catch(endsWithChild);
  return spawned;
};

const collectMessages = (child: ChildProcess) => {
  const early: unknown[] = [];
  const { add, tell } = createSubscribers<[message: unknown]>();
  child.on('message', message => {
    if (early.length < rememberedMessages) early.push(message);
    tell(message);
  });
  return {
    spoke: () => early.length > 0,
    add: (listener: (message: unknown) => void): (() => void) => {
      for (const message of [...early]) listener(message);
      return add(listener);
    },
  };
};

const send = (child: ChildProcess, message: object): boolean =>
  child.connected && child.send(message, endsWithChild);

/** Spawns a runtime. Never throws for a spawn that fails: `spawned` rejects with SPAWN_FAILED. */
export const spawnRuntime = (spec: SpawnSpec): RuntimeProcess => {
  let child: ChildProcess;
  try {
    child = begin(spec);
  } catch (error) {
    return neverSpawned(spawnFailure(error, spec));
  }
  const sent: Sent = new Set();
  const output = keepOutput(child, spec.stdio ?? 'pipe');
  const messages = collectMessages(child);
  const exited = observeEnd(child, output, sent);
  const spawned = observeSpawn(child, spec);
  child.on('error', endsWithChild);
  child.stdin?.on('error', endsWithChild);

  const pid = child.pid ?? 0;
  const token = pid === 0 ? null : processToken(pid);
  const isRunning = (): boolean => pid !== 0 && child.exitCode === null && child.signalCode === null;

  const end = async (forward: NodeJS.Signals | undefined): Promise<Exit> => {
    if (!isRunning() || token === null) return exited;
    sent.add('SIGTERM').add('SIGKILL');
    if (forward !== undefined) sent.add(forward);
    const ask = (): void => {
      send(child, { type: 'stagedoor.shutdown' });
      if (!posix) child.stdin?.end();
    };
    await stopTree(
      { pid, token, speaks: messages.spoke(), ask, forward },
      spec.deadlines ?? defaultDeadlines,
    );
    return exited;
  };
  let ending: Promise<Exit> | null = null;

  return {
    pid,
    token,
    get running() {
      return isRunning();
    },
    spawned,
    exited,
    onMessage: messages.add,
    onOutput: output.add,
    tail: output.text,
    send: message => isRunning() && send(child, message),
    write: chunk => void (child.stdin?.writable === true && child.stdin.write(chunk)),
    signal: signal => {
      if (!isRunning()) return;
      sent.add(signal);
      signalGroup(pid, signal);
    },
    stop: forward => {
      ending ??= end(forward);
      return ending;
    },
  };
};

const nothing = (): void => undefined;

const neverSpawned = (failure: StagedoorError): RuntimeProcess => {
  const spawned = Promise.reject(failure);
  spawned.catch(nothing);
  const exit = exitOf({ code: null, signal: null, uptimeMs: 0, output: '', sent: new Set() });
  const exited = Promise.resolve(exit);
  return {
    pid: 0,
    token: null,
    running: false,
    spawned,
    exited,
    onMessage: () => nothing,
    onOutput: () => nothing,
    tail: () => '',
    send: () => false,
    write: nothing,
    signal: nothing,
    stop: () => exited,
  };
};
