import type { Exit } from '../../machines/contract.ts';
import { exitOf } from './child-exit.ts';
import type { ChildOutput } from './child-output.ts';
import { processToken } from './identity.ts';
import { signalGroup } from './signalling.ts';
import { createSubscribers } from './subscribers.ts';
import { defaultDeadlines, type StopDeadlines, stopTree } from './tree-kill.ts';

export type SpawnSpec = {
  readonly exec: string;
  /** Options of the executable itself, before the entry: pairs of `--require` and a file. */
  readonly execArgv?: readonly string[] | undefined;
  /** The first argument of the executable. */
  readonly entry: string;
  readonly cwd?: string | undefined;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** `inherit-through`: what is kept also goes to our own output as it comes. Default `pipe`. */
  readonly stdio?: 'pipe' | 'inherit-through' | undefined;
  readonly deadlines?: StopDeadlines | undefined;
};

/** How a runtime is started. It never throws: what can't be spawned says so by `spawned`. */
export type SpawnRuntime = (spec: SpawnSpec) => RuntimeProcess | Promise<RuntimeProcess>;

/** A runtime as our child. Every subscription gives back a function that detaches that listener. */
export type RuntimeProcess = {
  /** 0 before it is spawned, and if it could not be. */
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

/** A child of whatever kind, as the system gives it to us. */
export type ChildPort = {
  /** 0 before it is spawned, and if it could not be; it stays after the end. */
  readonly pid: () => number;
  readonly running: () => boolean;
  readonly output: ChildOutput;
  readonly spawned: Promise<void>;
  /** Never rejects; both null for a child that could not be spawned. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  readonly onMessage: (listener: (message: unknown) => void) => void;
  readonly send: (message: object) => boolean;
  readonly write: (chunk: Buffer | string) => void;
  /** Asks without a signal, where signals are abrupt. */
  readonly closeInput: () => void;
  /** Requests reach it although it has never spoken; else one that is silent is taken for deaf. */
  readonly alwaysHears: boolean;
  /** Ends what it has started and left behind. */
  readonly endLeftovers: () => Promise<void>;
};

const rememberedMessages = 32;
const posix = process.platform !== 'win32';

type Sent = Set<string>;

const observeEnd = async (port: ChildPort, sent: Sent): Promise<Exit> => {
  const start = performance.now();
  const { code, signal } = await port.ended;
  const uptimeMs = performance.now() - start;
  // Helpers of a runtime that crashed would hold its port against the next start. An intended end leaves them be.
  const helpers = port.pid() !== 0 && code !== 0 ? port.endLeftovers() : null;
  await Promise.all([port.output.drained(), helpers]);
  return exitOf({ code, signal, uptimeMs, output: port.output.text(), sent });
};

const collectMessages = (port: ChildPort) => {
  const early: unknown[] = [];
  const { add, tell } = createSubscribers<[message: unknown]>();
  port.onMessage(message => {
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

/** The same life for a child of any kind: its messages, its output, its end, and how it is made to end. */
export const runtimeOn = (port: ChildPort, deadlines: StopDeadlines = defaultDeadlines): RuntimeProcess => {
  const sent: Sent = new Set();
  const messages = collectMessages(port);
  const exited = observeEnd(port, sent);
  let token: string | null = null;
  const ownToken = (): string | null => {
    if (token === null && port.pid() !== 0) token = processToken(port.pid());
    return token;
  };
  ownToken();

  const end = async (forward: NodeJS.Signals | undefined): Promise<Exit> => {
    const known = ownToken();
    if (!port.running() || known === null) return exited;
    sent.add('SIGTERM').add('SIGKILL');
    if (forward !== undefined) sent.add(forward);
    const ask = (): void => {
      port.send({ type: 'stagedoor.shutdown' });
      if (!posix) port.closeInput();
    };
    const speaks = port.alwaysHears || messages.spoke();
    await stopTree({ pid: port.pid(), token: known, speaks, ask, forward }, deadlines);
    return exited;
  };
  let ending: Promise<Exit> | null = null;

  return {
    get pid() {
      return port.pid();
    },
    get token() {
      return ownToken();
    },
    get running() {
      return port.running();
    },
    spawned: port.spawned,
    exited,
    onMessage: messages.add,
    onOutput: port.output.add,
    tail: port.output.text,
    send: message => port.running() && port.send(message),
    write: port.write,
    signal: signal => {
      if (!port.running()) return;
      sent.add(signal);
      signalGroup(port.pid(), signal);
    },
    stop: forward => {
      ending ??= end(forward);
      return ending;
    },
  };
};
