import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { constants } from 'node:os';
import { Duplex } from 'node:stream';
import type { ForkOptions, MessagePortMain, UtilityProcess, utilityProcess } from 'electron';
import { agreeing, standIn, whole } from './agreement.ts';
import { builtProgram } from './built.ts';
import { anotherTurn, crossing } from './crossing.ts';
import { nodeExecutable } from './executable.ts';
import { type FatalError, fatalReport } from './fatal-report.ts';
import { type MessagePipe, messagePipe } from './message-pipe.ts';
import { teller, type UtilityPayloads } from './payloads.ts';
import { electronRelease } from './release.ts';

/** Where the child finds its private pipe. */
export const pipeFd = 3;

/** Since Electron 37 an unhandled rejection only warns in a utility process. */
const childFlags = (): string[] => {
  const preload = builtProgram('utility-preload');
  preload.searchParams.set('electron', electronRelease);
  return ['--unhandled-rejections=warn', '--import', preload.href];
};

type Stdio = readonly ('pipe' | 'ignore' | 'inherit')[];

const stdioOf = (given: ForkOptions['stdio']): Stdio => {
  const all = typeof given === 'string' ? [given, given, given] : (given ?? ['ignore', 'inherit', 'inherit']);
  const [stdin, stdout = 'inherit', stderr = 'inherit'] = all as Stdio;
  // "Configuring `stdin` to any property other than `ignore` is not supported and will result in an error."
  if (Array.isArray(given) && stdin !== 'ignore')
    throw new Error('stdin value other than ignore is not supported.');
  return ['ignore', stdout, stderr];
};

type Begun = { readonly child: ChildProcess; readonly fatal: () => FatalError | null };

const begin = (modulePath: string, args: readonly string[], options: ForkOptions): Begun => {
  const { env = process.env, execArgv = [], cwd, stdio } = options;
  const { flags, take } = fatalReport();
  const spawning: SpawnOptions = {
    env: { ...env } as NodeJS.ProcessEnv,
    stdio: [...stdioOf(stdio), 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  };
  const given = [...flags, ...childFlags(), ...execArgv, modulePath, ...args];
  return { child: spawn(nodeExecutable, given, spawning), fatal: take };
};

/** "The exit code obtained from waitpid"; who was asked to end by `kill()` ends well. */
const exitCode = (code: number | null, signal: NodeJS.Signals | null, killed: boolean): number =>
  code ?? (killed && signal === 'SIGTERM' ? 0 : constants.signals[signal ?? 'SIGTERM']);

const pipeOf = (child: ChildProcess): MessagePipe | null => {
  const stream = child.stdio[pipeFd];
  return stream instanceof Duplex ? messagePipe(stream) : null;
};

const doubleOf = ({ child, fatal }: Begun): UtilityProcess => {
  const emitter = new EventEmitter();
  const tell = teller<UtilityPayloads>(emitter);
  const pipe = pipeOf(child);
  let pid: number | undefined;
  let killed = false;
  let state: 'alive' | 'ending' | 'gone' = 'alive';
  pipe?.onMessage(message => tell('message', message));
  child.once('spawn', () => {
    pid = child.pid;
    tell('spawn');
  });
  child.once('exit', async (code, signal) => {
    // Node would now read on for whoever has paused; Electron does not.
    Reflect.set(child, 'stdio', []);
    const error = fatal();
    // From native code: what is thrown there is an exception of the shell, and the end is told in any case.
    if (error !== null) process.nextTick(() => tell('error', 'FatalError', error.location, error.report));
    await anotherTurn();
    state = 'ending';
    tell('exit', exitCode(code, signal, killed));
    // Electron's own wrapper does so, whoever listened and whatever is still on its way.
    child.stdout?.removeAllListeners();
    child.stderr?.removeAllListeners();
    state = 'gone';
    pid = undefined;
  });
  return whole<UtilityProcess>(
    standIn<UtilityProcess>()(
      { name: 'utilityProcess' },
      {
        get pid(): number | undefined {
          return pid;
        },
        // "When the child process exits, then the value is `null` after the `exit` event is emitted."
        get stdout(): NodeJS.ReadableStream | null {
          return state === 'gone' ? null : child.stdout;
        },
        get stderr(): NodeJS.ReadableStream | null {
          return state === 'gone' ? null : child.stderr;
        },
        postMessage: (message: unknown, _transfer?: MessagePortMain[]): void => {
          if (state === 'ending')
            throw new Error('postMessage in an exit listener ends the shell (electron#53923)');
          pipe?.send(crossing(message));
        },
        // "On POSIX, it uses SIGTERM but will ensure the process is reaped on exit."
        kill: (): boolean => {
          killed = true;
          return child.exitCode === null && child.signalCode === null && child.kill('SIGTERM');
        },
      },
      emitter,
    ),
  );
};

/** Forks real Node children that have what a utility process has: `process.parentPort`, and no Node IPC and no input. */
export const createUtilityProcess = (isReady: () => boolean): Pick<typeof utilityProcess, 'fork'> =>
  agreeing<typeof utilityProcess>()({
    fork: (modulePath: string, args: string[] = [], options: ForkOptions = {}): UtilityProcess => {
      if (!isReady()) throw new Error('utilityProcess cannot be created before app is ready.');
      return doubleOf(begin(modulePath, args, options));
    },
  });
