import type { Candidate, Exit, ProbeResult } from '../../machines/contract.ts';
import type { Failure } from '../../machines/failure.ts';
import type { RuntimeInput, RuntimeOrder } from '../../machines/launch.ts';
import { StagedoorError, toFailure } from '../failure.ts';
import { installedPlugins } from '../plugins/installed.ts';
import { childEnvironment } from '../process/environment.ts';
import { portTaken } from '../process/port-taken.ts';
import { probeRuntime } from '../process/probe.ts';
import type { RuntimeProcess } from '../process/runtime-process.ts';
import { entryFile } from '../store/entry.ts';
import type { Lease } from '../store/lease.ts';
import { strictly } from '../store/strict-reading.ts';
import type { AttemptBook } from './attempt-book.ts';
import { readBundled } from './bundled.ts';
import { isBusyMessage } from './busy-message.ts';
import { type ChildOrders, childOrders, needsNothing, noOrders } from './child-orders.ts';
import { childGuard, type PluginUse, pluginVariables, usePlugins } from './core-lock.ts';
import { type PluginListener, pluginListener } from './plugin-listener.ts';
import { freePort } from './port-release.ts';
import { runtimeLeases } from './runtime-leases.ts';
import type { LaunchSetup } from './setup.ts';

/** Facts that a running child reports to the launch chart. */
export type RuntimeFact =
  | { readonly type: 'runtime.spawned'; readonly pid: number }
  | { readonly type: 'runtime.refused'; readonly failure: Failure }
  | { readonly type: 'runtime.exited'; readonly exit: Exit };

/** What the host hears of a child beside its life: its output, and whether it has running work. */
export type RuntimeListener = {
  readonly output?: (stream: 'stdout' | 'stderr', chunk: Buffer) => void;
  readonly busy?: (attempt: string, busy: boolean) => void;
  /** Evidence that could not be written: it costs the evidence, never the launch (P-06). */
  readonly unwritten?: (failure: Failure) => void;
  /** The child starts without what lets it say who it is (N-11), or what keeps it to its own packages. */
  readonly unled?: (failure: Failure) => void;
  readonly plugins?: Omit<PluginListener, 'failed'>;
};

/** `staged`: in the store, with a tree list to be held against. */
export type CandidatePlace = { readonly dir: string; readonly entry: string; readonly staged: boolean };

export type Runtimes = {
  /** Begins one child; gives back what takes orders for it. */
  start(input: RuntimeInput, report: (fact: RuntimeFact) => void): RuntimeHandle;
  probe(input: RuntimeInput, signal: AbortSignal): Promise<ProbeResult>;
  signal(signal: NodeJS.Signals): void;
  write(chunk: Buffer): void;
  /** Ends whatever runs: for a chart that has failed and can't order it any more. */
  end(): void;
};

export type RuntimeHandle = { order(order: RuntimeOrder): void; dispose(): void };

const defaultTimeoutMs = 30_000;
const firstStartTimeoutMs = 120_000;
/** Heartbeats extend a deadline up to this many times its length. */
const hardLimitFactor = 5;

/** Where a candidate is now: derived from its version at the moment of use, never stored (S-03, P-16). */
export const placeOf = (setup: LaunchSetup, { version }: Candidate): CandidatePlace => {
  const { fs, layout } = setup;
  const state = readBundled(fs, setup.bundledDir, setup);
  if (state.kind === 'valid' && state.bundled.version === version) return { ...state.bundled, staged: false };
  const dir = layout.version(version);
  // One that can't be read now is not gone: the folder must not be set aside for it.
  const entry = entryFile(strictly(fs), dir, setup.entry);
  if (entry === null) throw new StagedoorError('TREE_DAMAGED', `the entry of ${version} is gone`);
  return { dir, entry, staged: true };
};

const never = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/** The children of one shell. The launch chart has at most one at a time; it is found by its attempt. */
export const createRuntimes = (
  setup: LaunchSetup,
  book: AttemptBook,
  listener: RuntimeListener = {},
): Runtimes => {
  const children = new Map<string, RuntimeProcess>();

  const ordersFor = async ({ attempt, natives }: RuntimeInput, guarded: boolean): Promise<ChildOrders> => {
    try {
      return await childOrders(setup, { natives, guarded, identity: setup.layout.identity(attempt.id) });
    } catch (error) {
      // The gate has let it pass because it would be led: without, it would load what is known not to fit.
      if (!needsNothing(natives)) throw error;
      listener.unled?.(toFailure(error));
      return noOrders;
    }
  };

  const heard = pluginListener(listener.plugins, error => listener.unwritten?.(toFailure(error)));

  const begin = async (input: RuntimeInput, use: PluginUse): Promise<RuntimeProcess> => {
    const { candidate, attempt } = input;
    if ((await portTaken(setup.probe)) && !(await freePort(setup))) {
      throw new StagedoorError(
        'PORT_TAKEN',
        `something answers on the probe of ${candidate.version} before it was started`,
      );
    }
    const { dir, entry } = placeOf(setup, candidate);
    const at = { version: candidate.version, dir };
    const { coreLockPath, guarded, plugins } = await childGuard(setup, at, use.plugins, heard);
    const { execArgv, env: orders } = await ordersFor(input, guarded);
    const env = childEnvironment(setup.env, {
      entry,
      attempt: attempt.id,
      version: candidate.version,
      exec: setup.exec,
      electron: setup.exec === process.execPath && 'electron' in process.versions,
      coreLockPath,
      additions: { ...pluginVariables(plugins), ...orders },
    });
    const { exec, cwd, args } = setup;
    const child = await setup.spawn({ exec, execArgv, entry, cwd, args, env });
    children.set(attempt.id, child);
    child.onOutput((stream, chunk) => listener.output?.(stream, chunk));
    child.onMessage(message => {
      if (isBusyMessage(message)) listener.busy?.(attempt.id, message.busy);
    });
    await child.spawned;
    return child;
  };

  const attempting = async <Output>(work: Promise<Output>): Promise<Output | null> => {
    try {
      return await work;
    } catch (error) {
      listener.unwritten?.(toFailure(error));
      return null;
    }
  };

  /** So that a later start can sweep it (P-30), and that nobody collects its folder (P-12). */
  const note = async (id: string, pid: number, leases: readonly Lease[]): Promise<void> => {
    await attempting(book.note(id, pid));
    for (const lease of leases) await attempting(lease.hold(pid));
  };

  const start: Runtimes['start'] = (input, report) => {
    const { id } = input.attempt;
    let ordered: RuntimeOrder['because'] | null = null;
    let forward: RuntimeOrder['signal'];
    let child: RuntimeProcess | null = null;
    let ending: Promise<unknown> | null = null;
    const stop = (): void => {
      if (child !== null) ending = child.stop(forward);
    };

    const live = async (): Promise<Exit> => {
      const use = await usePlugins(setup, installedPlugins, heard);
      const leases = [...use.leases];
      try {
        leases.push(...(await runtimeLeases(setup, input, failure => listener.unwritten?.(failure))));
        child = await begin(input, use);
        report({ type: 'runtime.spawned', pid: child.pid });
        if (ordered !== null) stop();
        await note(id, child.pid, leases);
        const exit = await child.exited;
        // An end that was ordered is that of its helpers, too: they may outlive it by some seconds (P-31).
        await ending;
        return exit;
      } finally {
        children.delete(id);
        if (ordered === 'asked') await attempting(book.resolve(id, 'stopped'));
        for (const lease of leases) await attempting(lease.release());
      }
    };

    live()
      .then(
        exit => report({ type: 'runtime.exited', exit }),
        (error: unknown) => report({ type: 'runtime.refused', failure: toFailure(error) }),
      )
      // After its end is known: a death while a restart waits for running work is a death, not that restart.
      .then(() => listener.busy?.(id, false));
    return {
      order: ({ because, signal }) => {
        ordered = because;
        forward = signal;
        stop();
      },
      dispose: stop,
    };
  };

  const only = (): RuntimeProcess | undefined => [...children.values()].at(-1);

  return {
    start,
    probe: async ({ candidate, attempt }, signal) => {
      const child = children.get(attempt.id);
      if (child === undefined) throw new StagedoorError('SPAWN_FAILED', 'there is no child to probe');
      const deadlineMs =
        setup.probeTimeoutMs ?? (candidate.firstStart ? firstStartTimeoutMs : defaultTimeoutMs);
      const result = await probeRuntime(child, setup.probe, {
        deadlineMs,
        hardLimitMs: deadlineMs * hardLimitFactor,
        attempt: attempt.id,
        version: candidate.version,
        signal,
      });
      // A dead child is judged by its exit, which is on its way with the last output; a probe says nothing of it.
      return child.running ? result : never(signal);
    },
    signal: signal => only()?.signal(signal),
    write: chunk => only()?.write(chunk),
    end: () => {
      for (const child of children.values()) void child.stop();
    },
  };
};
