import type {
  Attempt,
  Candidate,
  Exit,
  Judgement,
  NativesOutcome,
  Refusal,
  SettleOutput,
  Suspect,
} from '../contract.ts';
import type { Failure } from '../failure.ts';

export type LaunchInput = {
  readonly restartBaseMs: number;
  readonly restartCapMs: number;
  /** Uptime that makes a version trusted and forgives earlier deaths. */
  readonly trustAfterMs: number;
  /** The death that goes to the verdict. */
  readonly crashLimit: number;
};

export const defaultLaunchInput: LaunchInput = {
  restartBaseMs: 1_000,
  restartCapMs: 30_000,
  trustAfterMs: 10 * 60_000,
  crashLimit: 3,
};

export type LaunchContext = LaunchInput & {
  readonly candidate: Candidate | null;
  /** Candidates that have not been tried in this launch. */
  readonly queue: readonly Candidate[];
  readonly refusals: readonly Refusal[];
  /** What the natives of the candidate came to; null until that is known, and where it could not be found out. */
  readonly natives: NativesOutcome | null;
  readonly attempt: Attempt | null;
  readonly pid: number | null;
  /** Candidates that failed in this launch and wait for the control run. */
  readonly suspects: readonly Suspect[];
  readonly judgements: readonly Judgement[];
  /** Versions that are not tried again in this launch (L-03). */
  readonly failed: readonly string[];
  /** Deaths of the running version after it was ready, since it last stayed up for `trustAfterMs`. */
  readonly deaths: number;
  /** A fault of the machine seen in one of these deaths: then they say nothing about the version. */
  readonly machineFault: string | null;
  readonly restarts: number;
  readonly exit: Exit | null;
  readonly trusted: boolean;
  /** The first fault of this launch: the cause where nothing starts (L-04). */
  readonly cause: Failure | null;
};

/** What a launch ends with. */
export type LaunchOutput =
  | { readonly kind: 'exhausted'; readonly failure: Failure; readonly exit: Exit | null }
  | { readonly kind: 'ended'; readonly exit: Exit | null }
  | { readonly kind: 'stopped' };

/** What a terminal or a session sends to ask a program to end. */
export type ForwardedSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

export type LaunchEvent =
  /** `signal`: forwarded to the runtime in place of SIGTERM, as a terminal would. */
  | { readonly type: 'launch.stop'; readonly signal?: ForwardedSignal | undefined }
  /** Apply what is staged: the caller has made sure that no running work is interrupted. */
  | { readonly type: 'launch.restart' }
  | { readonly type: 'runtime.spawned'; readonly pid: number }
  | { readonly type: 'runtime.refused'; readonly failure: Failure }
  | { readonly type: 'runtime.exited'; readonly exit: Exit };

export type LaunchEmitted =
  | { readonly type: 'launch.starting'; readonly candidate: Candidate; readonly attempt: string }
  | { readonly type: 'launch.ready'; readonly candidate: Candidate; readonly pid: number | null }
  | { readonly type: 'launch.trusted'; readonly version: string }
  | { readonly type: 'launch.failed'; readonly suspect: Suspect }
  | {
      readonly type: 'launch.exited';
      readonly version: string;
      readonly exit: Exit;
      readonly restarting: boolean;
    }
  | { readonly type: 'launch.judged'; readonly judgements: readonly Judgement[] }
  | {
      readonly type: 'launch.rolledBack';
      readonly versions: SettleOutput['rolledBack'];
      readonly running: string;
    }
  | { readonly type: 'launch.exhausted'; readonly failure: Failure };

/** Orders to the running child. `failed`: it did not become ready, and the evidence is kept for the verdict. */
export type RuntimeOrder = {
  readonly type: 'runtime.end';
  readonly because: 'failed' | 'asked';
  readonly signal?: ForwardedSignal | undefined;
};

export type RuntimeInput = {
  readonly candidate: Candidate;
  readonly attempt: Attempt;
  readonly natives: NativesOutcome | null;
};
