import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { builtProgram } from './built.ts';
import type { Orders, Reply, Request } from './control.ts';
import { nodeExecutable } from './executable.ts';
import { messagePipe } from './message-pipe.ts';

export type ProgramOptions = {
  readonly userData: string;
  readonly resources?: string;
  readonly appPath?: string;
  /** Default true. */
  readonly packaged?: boolean;
  readonly executable?: string;
  readonly proxy?: string;
  /** Beside the environment of the test. */
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
};

type Lever<Name extends keyof Orders> = (
  ...args: Parameters<Orders[Name]>
) => Promise<Awaited<ReturnType<Orders[Name]>>>;

/** A main program that runs on the double in a process of its own: each order of `control.ts` as a promise. */
export type DoubleProcess = { readonly [Name in keyof Orders]: Lever<Name> } & {
  readonly pid: number;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Everything that it has printed. */
  readonly output: () => string;
  readonly signal: (signal: NodeJS.Signals) => void;
};

const controlFd = 3;

const environmentOf = (options: ProgramOptions): NodeJS.ProcessEnv => {
  const { userData, resources, appPath, packaged = true, executable, proxy } = options;
  return {
    ...process.env,
    ...options.env,
    ELECTRON_DOUBLE_USER_DATA: userData,
    ELECTRON_DOUBLE_RESOURCES: resources,
    ELECTRON_DOUBLE_APP_PATH: appPath,
    ELECTRON_DOUBLE_PACKAGED: packaged ? '1' : '0',
    ELECTRON_DOUBLE_EXECUTABLE: executable,
    ELECTRON_DOUBLE_PROXY: proxy,
    ELECTRON_DOUBLE_CONTROL: String(controlFd),
  };
};

/** Sends orders over the pipe; what is not answered when the process ends is refused. */
const requests = (child: ChildProcess) => {
  const stream = child.stdio[controlFd];
  if (!(stream instanceof Duplex)) throw new Error('the program has no control pipe');
  const pipe = messagePipe(stream);
  const open = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let last = 0;
  let over = false;
  pipe.onMessage(message => {
    const reply = message as Reply;
    const request = open.get(reply.id);
    open.delete(reply.id);
    if ('error' in reply) request?.reject(new Error(reply.error));
    else request?.resolve(reply.result);
  });
  pipe.onEnd(() => {
    over = true;
    for (const { reject } of open.values()) reject(new Error('the program has ended'));
    open.clear();
  });
  return (name: keyof Orders, args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (over) return reject(new Error('the program has ended'));
      last += 1;
      open.set(last, { resolve, reject });
      const request: Request = { id: last, name, args };
      pipe.send(request);
    });
};

/** Starts a main program on the double; it is killed when the test has ended. */
export const startOnDouble = (main: string, options: ProgramOptions): DoubleProcess => {
  const child = spawn(
    nodeExecutable,
    ['--import', fileURLToPath(builtProgram('register')), main, ...(options.args ?? [])],
    { env: environmentOf(options), stdio: ['ignore', 'pipe', 'pipe', 'pipe'] },
  );
  const exited = once(child, 'exit').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const request = requests(child);
  const own = {
    pid: child.pid ?? 0,
    exited,
    output: () => output,
    signal: (signal: NodeJS.Signals) => void child.kill(signal),
  };
  return new Proxy(own, {
    get: (target, name) => {
      if (name in target || typeof name === 'symbol' || name === 'then') return Reflect.get(target, name);
      return (...args: readonly unknown[]) => request(name as keyof Orders, args);
    },
  }) as DoubleProcess;
};
