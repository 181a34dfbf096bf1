import { type ChildProcess, spawn } from 'node:child_process';
import type { StagedoorError } from '../failure.ts';
import { exitOf } from './child-exit.ts';
import { keepOutput } from './child-output.ts';
import { type ChildPort, type RuntimeProcess, runtimeOn, type SpawnSpec } from './runtime-process.ts';
import { spawnFailure } from './spawn-failure.ts';
import { endLeftovers } from './tree-kill.ts';

const posix = process.platform !== 'win32';

/** A group of its own on POSIX, so that the whole tree can be signalled. IPC and standard input are its lifelines. */
const begin = ({ exec, execArgv = [], entry, args, cwd, env }: SpawnSpec): ChildProcess =>
  spawn(exec, [...execArgv, entry, ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...env },
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    detached: posix,
    windowsHide: true,
  });

/** A pipe or channel whose other end is gone reports it; the exit of the child tells the same with a reason. */
const endsWithChild = (): void => undefined;

const observeEnd = (child: ChildProcess): ChildPort['ended'] =>
  new Promise(resolve => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => {
      if (child.pid === undefined) resolve({ code: null, signal: null });
    });
  });

const observeSpawn = (child: ChildProcess, spec: SpawnSpec): Promise<void> => {
  const spawned = new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', error => reject(spawnFailure(error, spec)));
  });
  // Who does not ask for `spawned` hears of it by `exited`.
  spawned.catch(endsWithChild);
  return spawned;
};

const closed = (child: ChildProcess): Promise<void> =>
  new Promise(resolve => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });

const portOf = (child: ChildProcess, spec: SpawnSpec): ChildPort => {
  const output = keepOutput(
    { stdout: child.stdout, stderr: child.stderr, closed: closed(child) },
    spec.stdio ?? 'pipe',
  );
  const [ended, spawned] = [observeEnd(child), observeSpawn(child, spec)];
  child.on('error', endsWithChild);
  child.stdin?.on('error', endsWithChild);
  return {
    pid: () => child.pid ?? 0,
    running: () => child.pid !== undefined && child.exitCode === null && child.signalCode === null,
    output,
    spawned,
    ended,
    onMessage: listener => child.on('message', listener),
    send: message => child.connected && child.send(message, endsWithChild),
    write: chunk => void (child.stdin?.writable === true && child.stdin.write(chunk)),
    closeInput: () => child.stdin?.end(),
    alwaysHears: false,
    endLeftovers: () => endLeftovers(child.pid ?? 0),
  };
};

/** Spawns a runtime. Never throws for a spawn that fails: `spawned` rejects with SPAWN_FAILED. */
export const spawnRuntime = (spec: SpawnSpec): RuntimeProcess => {
  let child: ChildProcess;
  try {
    child = begin(spec);
  } catch (error) {
    return neverSpawned(spawnFailure(error, spec));
  }
  return runtimeOn(portOf(child, spec), spec.deadlines);
};

const nothing = (): void => undefined;

/** What takes the place of a child that could not even be tried. */
export const neverSpawned = (failure: StagedoorError): RuntimeProcess => {
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
