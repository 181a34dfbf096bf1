/**
 * What passes between the main process and a window: plain data by structured clone, never a path, a spec, a registry, a tag
 * or a setting (P-38). Both sides obey this file.
 */
import type { Role } from '../../machines/contract.ts';

/** `state`: main → window, a `UiState`. `order`: window → main, an `Order`, answered with an `Answer`. */
export const channels = { state: 'stagedoor:state', order: 'stagedoor:order' } as const;

/** The name of what the preload exposes in the page. */
export const exposedAs = 'stagedoor';

/** What is the case, several at a time. Who shows something asks for tags, never for a chart's states. */
export const uiTags = [
  /** No updater at all: a development shell (C-04). */
  'unmanaged',
  'starting',
  'running',
  /** Nothing starts. */
  'down',
  'checking',
  'downloading',
  /** A newer version waits for a restart of the runtime. */
  'staged',
  /** A restart is wanted and waits for running work. */
  'waiting',
  'restarting',
  /** A version was left in this run of the app, and another one runs. */
  'rolled-back',
  /** The newest runtime for this shell is installed; a newer one needs a newer shell. */
  'outgrown',
  'offline',
  /** No checks until the release. */
  'held',
] as const;
export type UiTag = (typeof uiTags)[number];

/** A picture of the whole at one moment. A state with a lower `seq` than one that was seen is stale. */
export type UiState = {
  readonly seq: number;
  readonly tags: readonly UiTag[];
  readonly running: { readonly version: string; readonly role: Role } | null;
  readonly staged: { readonly version: string } | null;
  /** Of the download that runs; `totalBytes` is null where nobody said. */
  readonly progress: {
    readonly version: string;
    readonly phase: string;
    readonly bytes: number;
    readonly totalBytes: number | null;
  } | null;
  readonly rolledBack: {
    readonly version: string;
    /** What runs instead. */
    readonly running: string | null;
    /** One line for people, without paths. */
    readonly reason: string;
  } | null;
  readonly outgrown: { readonly version: string; readonly needs: string; readonly shell: string } | null;
  /** Names of the running work that a restart waits for. */
  readonly waitingFor: readonly string[];
};

export type RestartWhen = 'idle' | 'now';

/** All that a window may say. Anything else has no effect. */
export type Order =
  | { readonly verb: 'status' }
  | { readonly verb: 'check' }
  | { readonly verb: 'restartToApply'; readonly when: RestartWhen }
  | { readonly verb: 'hold' }
  | { readonly verb: 'release' }
  | { readonly verb: 'explain' };

/** `error.code` is one of the failure codes, or `REFUSED` for an order that is none. */
export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } };

/** How a check ended, without anything that names a place. */
export type UiCheck = { readonly outcome: string; readonly version: string | null };
export type UiRestart = { readonly outcome: string; readonly version: string | null };
/** Why this version runs: sentences. */
export type UiExplanation = { readonly running: string | null; readonly lines: readonly string[] };

/** The events of `on`: one for all that is shown, two for those who only want to be told once (L-09). */
export type UiEvents = {
  readonly state: UiState;
  readonly 'update-staged': { readonly version: string };
  readonly 'rolled-back': NonNullable<UiState['rolledBack']>;
};

/** `window.stagedoor` in the page. */
export type StagedoorBridge = {
  readonly status: () => Promise<UiState>;
  /** Asks the registry and stages what is newer, as the schedule would; joins what is in flight. */
  readonly check: () => Promise<UiCheck>;
  /** Starts the staged version: when running work is done (`idle`, the default), or `now` by the user's consent. */
  readonly restartToApply: (options?: { readonly when?: RestartWhen }) => Promise<UiRestart>;
  /** No checks until `release`, or until this window is gone. */
  readonly hold: () => Promise<void>;
  readonly release: () => Promise<void>;
  readonly explain: () => Promise<UiExplanation>;
  /** Gives back what detaches that listener. `state` is told at once if one is known. */
  readonly on: <Name extends keyof UiEvents>(
    name: Name,
    listener: (event: UiEvents[Name]) => void,
  ) => () => void;
};
