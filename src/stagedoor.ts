import type { BadMark, Exit, Incompatibility, Refusal, Role, ShellDemand } from '../machines/contract.ts';
import type { Failure } from '../machines/failure.ts';
import type { ForwardedSignal } from '../machines/launch.ts';
import type { StoreResult } from '../machines/supervisor.ts';
import type { SupervisorActor } from './actors/supervisor.ts';
import type { ChartName } from './chart-watch.ts';
import type { Explanation } from './launching/explanation.ts';
import type { LaunchEvents } from './launching/launch-events.ts';
import type { Progress } from './staging/effects.ts';
import type { Status } from './upkeep/status.ts';

/** How a check or an update ended (U-11). Nobody has to read a message to branch. */
export type UpdateOutcome =
  | { readonly outcome: 'staged'; readonly version: string; readonly superseded: string | null }
  | { readonly outcome: 'update-available'; readonly version: string; readonly current: string | null }
  | { readonly outcome: 'up-to-date'; readonly version: string; readonly current: string }
  | { readonly outcome: 'already-staged'; readonly version: string }
  | { readonly outcome: 'bad-version'; readonly version: string; readonly mark: BadMark }
  | { readonly outcome: 'incompatible'; readonly version: string; readonly reason: Incompatibility }
  /** It needs a newer shell, and the newest version for this shell is here. `shell` may be `unknown`. */
  | ({ readonly outcome: 'outgrown'; readonly version: string } & ShellDemand)
  /** A newer version is there, but nothing is downloaded now: pinned, held, or the running version is unproven. */
  | { readonly outcome: 'deferred'; readonly version: string | null; readonly refusal: Refusal }
  | { readonly outcome: 'cancelled' }
  | { readonly outcome: 'failed'; readonly error: Failure };

/** What runs, or why nothing does. */
export type LaunchOutcome =
  | {
      readonly outcome: 'running';
      readonly version: string;
      readonly role: Role;
      readonly pid: number | null;
    }
  | { readonly outcome: 'exhausted'; readonly error: Failure; readonly exit: Exit | null }
  | { readonly outcome: 'ended'; readonly exit: Exit }
  | { readonly outcome: 'stopped' };

export type RestartOutcome =
  | LaunchOutcome
  /** Work is running and nobody consented: the restart happens when it is done. */
  | { readonly outcome: 'waiting'; readonly leases: readonly string[] };

export type RollbackOutcome = Extract<
  StoreResult,
  { readonly outcome: 'rolled-back' | 'nothing-to-roll-back' }
>;
export type PinOutcome = Extract<StoreResult, { readonly outcome: 'pinned' }>;
export type UnpinOutcome = Extract<StoreResult, { readonly outcome: 'unpinned' }>;
export type ForgiveOutcome = { readonly outcome: 'forgiven' | 'not-marked'; readonly version: string };

/** Events by name; `on` gives back a function that detaches that listener (L-09). */
export type StagedoorEvents = LaunchEvents & {
  /** What the runtime prints, as it comes. */
  'runtime:output': { readonly stream: 'stdout' | 'stderr'; readonly chunk: Buffer };
  'runtime:update-staged': { readonly version: string; readonly superseded: string | null };
  /** A version needs a newer shell: once for each version as long as this process runs. */
  'update:outgrown': ShellDemand & { readonly version: string };
  'update:checking': { readonly origin: 'schedule' | 'host' };
  'update:progress': Progress & { readonly version: string };
  'update:settled': UpdateOutcome;
  /**
   * Every entered state of a chart, by its chart and dotted path: for demos, logs and viewers. Of the chart of natives only its
   * end, unless it makes a tree.
   */
  'chart:state': { readonly chart: ChartName; readonly state: string };
};

/**
 * The whole thing in one Node process. Verbs resolve to unions; they reject only for a caller's mistake (`TypeError`)
 * or a store that can't be changed (`StagedoorError`).
 */
export type Stagedoor = {
  /** The running supervisor chart, for inspection. Started by the first verb. */
  readonly actor: SupervisorActor;
  /** Launches the runtime and begins the schedule. Resolves when something runs or nothing can. */
  start(): Promise<LaunchOutcome>;
  /** Stops schedule and runtime; resolves when both have ended. A given signal is forwarded in place of SIGTERM. */
  stop(options?: { readonly signal?: ForwardedSignal | undefined }): Promise<void>;
  /** Restart to apply what is staged. `when: 'idle'` (default) waits for running work, `'now'` is the user's consent. */
  restart(options?: { readonly when?: 'idle' | 'now' }): Promise<RestartOutcome>;
  /** Asks the registry and changes nothing; joins a check in flight. */
  check(): Promise<UpdateOutcome>;
  /** Checks and stages; joins one in flight. */
  update(): Promise<UpdateOutcome>;
  /** Ends what is in flight before the commit. */
  cancel(): void;
  /** The machine woke up or the network came back: checks now if the schedule is on. */
  wake(): void;
  /** No checks until `release()`. */
  hold(): void;
  release(): void;
  /** Running work that a restart must wait for; gives back a function that ends it. */
  lease(name: string): () => void;
  status(): Promise<Status>;
  explain(version?: string): Promise<Explanation>;
  rollback(version?: string): Promise<RollbackOutcome>;
  pin(version: string): Promise<PinOutcome>;
  unpin(): Promise<UnpinOutcome>;
  forgive(version: string): Promise<ForgiveOutcome>;
  on<Name extends keyof StagedoorEvents>(
    name: Name,
    listener: (event: StagedoorEvents[Name]) => void,
  ): () => void;
  /** Sends a signal to the runtime, as a terminal would. */
  signal(signal: NodeJS.Signals): void;
  /** Writes to the runtime's standard input. */
  write(chunk: Buffer): void;
};

export type { Explanation };
