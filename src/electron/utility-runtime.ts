import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { UtilityProcess, utilityProcess } from 'electron';
import { StagedoorError } from '../failure.ts';
import { keepOutput } from '../process/child-output.ts';
import {
  type ChildPort,
  type RuntimeProcess,
  runtimeOn,
  type SpawnRuntime,
  type SpawnSpec,
} from '../process/runtime-process.ts';
import { neverSpawned } from '../process/spawn.ts';
import { endStartedWith } from '../process/tree-kill.ts';

type Fork = Pick<typeof utilityProcess, 'fork'>;
type Ending = Awaited<ChildPort['ended']>;

/** Makes a utility process look like a child of Node to the runtime, then starts its entry. */
const stage = fileURLToPath(new URL('./utility-entry.js', import.meta.url));

/** With the fuse off these would start a second app, or mislead whoever looks for Electron. */
const forChildrenOfNode: ReadonlySet<string> = new Set(['ELECTRON_RUN_AS_NODE', 'STAGEDOOR_EXEC']);

const environmentOf = ({ env, execArgv = [] }: SpawnSpec): Record<string, string> => {
  const preloads = execArgv.filter(word => word !== '--require');
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !forChildrenOfNode.has(name))),
    // What it would do with options of Node is not documented: the entry loads them.
    ...(preloads.length === 0 ? {} : { STAGEDOOR_PRELOADS: JSON.stringify(preloads) }),
  };
};

const nothing = (): void => undefined;

/** Electron hands on what `waitpid` says: a signal shows as its number, or as a shell would say it. */
const signals: ReadonlyMap<number, NodeJS.Signals> = new Map([
  [9, 'SIGKILL'],
  [15, 'SIGTERM'],
  [128 + 9, 'SIGKILL'],
  [128 + 15, 'SIGTERM'],
]);

const neverBegun: Ending = { code: null, signal: null };

const endingOf = (code: number): Ending => {
  const signal = process.platform === 'win32' ? undefined : signals.get(code);
  return signal === undefined ? { code, signal: null } : { code: null, signal };
};

/** A launch that fails is told by nothing: no `spawn`, and no `exit`. */
const spawnLimitMs = 15_000;

/** Resolves when the pipes have ended; `again` for after somebody has taken all listeners off. */
const closing = (streams: readonly (Readable | null)[]) => {
  const open = new Set(streams.filter(stream => stream !== null));
  let resolve = nothing;
  const closed = new Promise<void>(settle => {
    resolve = settle;
  });
  const again = (): void => {
    for (const stream of open) {
      stream.off('close', again);
      if (stream.closed) open.delete(stream);
      else stream.once('close', again);
    }
    if (open.size === 0) resolve();
  };
  again();
  return { closed, again };
};

/** Typed as what a reader may do; Electron makes it a stream of Node's. */
const readable = (stream: NodeJS.ReadableStream | null): Readable | null => stream as Readable | null;

/** What is known of the process: Electron forgets its number when it has ended. */
type Life = { pid: number; running: boolean };

const observeSpawn = (child: UtilityProcess, life: Life): Promise<void> => {
  const spawned = new Promise<void>((resolve, reject) => {
    const fail = (why: string): void =>
      reject(new StagedoorError('SPAWN_FAILED', `the utility process ${why}`));
    let late = false;
    const limit = setTimeout(() => {
      late = true;
      child.kill();
      fail(`did not begin within ${spawnLimitMs / 1000} s`);
    }, spawnLimitMs);
    child.once('spawn', () => {
      clearTimeout(limit);
      // Electron kills only what has begun, and nobody waits for this one any more.
      if (late) return void child.kill();
      Object.assign(life, { pid: child.pid ?? 0, running: true });
      resolve();
    });
    child.once('exit', code => {
      clearTimeout(limit);
      fail(`ended before it began (code ${code})`);
    });
  });
  // Who does not ask for `spawned` hears of it by `exited`.
  spawned.catch(nothing);
  return spawned;
};

const observeEnd = (child: UtilityProcess, life: Life, heardOut: () => void): Promise<Ending> =>
  new Promise(resolve => {
    child.once('exit', code => {
      // Electron takes all listeners off the pipes right after this, though the last words may still be on their way.
      queueMicrotask(heardOut);
      resolve(life.running ? endingOf(code) : neverBegun);
      life.running = false;
    });
  });

const portOf = (child: UtilityProcess, spec: SpawnSpec): ChildPort => {
  const [stdout, stderr] = [readable(child.stdout), readable(child.stderr)];
  const { closed, again } = closing([stdout, stderr]);
  const output = keepOutput({ stdout, stderr, closed }, spec.stdio ?? 'pipe');
  // A fatal error of V8 comes before the end; unheard, Electron makes it an exception of the shell.
  child.on('error', nothing);
  const life: Life = { pid: 0, running: false };
  const spawned = observeSpawn(child, life);
  const exit = observeEnd(child, life, () => {
    output.hearAgain();
    again();
  });
  return {
    pid: () => life.pid,
    running: () => life.running,
    output,
    spawned,
    ended: Promise.race([
      exit,
      spawned.then(
        () => exit,
        () => neverBegun,
      ),
    ]),
    onMessage: listener => child.on('message', listener),
    send: message => {
      child.postMessage(message);
      return true;
    },
    // A utility process has no standard input.
    write: nothing,
    closeInput: nothing,
    alwaysHears: true,
    endLeftovers: () => endStartedWith(`STAGEDOOR_ATTEMPT=${spec.env.STAGEDOOR_ATTEMPT}`),
  };
};

/**
 * Runs the runtime as a utility process: for shells whose executable does not run as Node. It has no standard input, and its
 * executable is always the shell's own.
 */
export const spawnUtility =
  (utility: Fork): SpawnRuntime =>
  (spec): RuntimeProcess => {
    try {
      const child = utility.fork(stage, [spec.entry, ...spec.args], {
        env: environmentOf(spec),
        stdio: ['ignore', 'pipe', 'pipe'],
        serviceName: 'stagedoor runtime',
        ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
      });
      return runtimeOn(portOf(child, spec), spec.deadlines);
    } catch (error) {
      return neverSpawned(
        new StagedoorError('SPAWN_FAILED', 'the utility process could not be started', { cause: error }),
      );
    }
  };
