import type { BadMark, CheckRequest, Incompatibility, Refusal, Release, ShellDemand } from '../contract.ts';
import type { Failure } from '../failure.ts';
import type { Schedule } from '../schedule.ts';

/** How one run of the chart ended; the host is told by `update.settled`. */
export type UpdateResult =
  | { readonly kind: 'staged'; readonly version: string; readonly superseded: string | null }
  | { readonly kind: 'available'; readonly version: string; readonly current: string | null }
  | { readonly kind: 'upToDate'; readonly version: string; readonly current: string }
  | { readonly kind: 'alreadyStaged'; readonly version: string }
  | { readonly kind: 'badVersion'; readonly version: string; readonly mark: BadMark }
  | { readonly kind: 'incompatible'; readonly version: string; readonly reason: Incompatibility }
  | ({ readonly kind: 'outgrown'; readonly version: string } & ShellDemand)
  | { readonly kind: 'deferred'; readonly version: string; readonly refusal: Refusal }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly failure: Failure };

export type UpdateInput = {
  /** The times of the checks it makes by itself; null: it only does what it is told. */
  readonly schedule: Schedule | null;
};

export type UpdateContext = {
  readonly schedule: Schedule | null;
  /** `check` asks and changes nothing, `stage` goes on to the pointer. */
  readonly order: 'check' | 'stage';
  readonly origin: CheckRequest['origin'];
  /** Why nothing may be staged for now (the running version is unproven); null: it may. */
  readonly deferral: Refusal | null;
  readonly release: Release | null;
  readonly current: string | null;
  readonly scratch: string | null;
  readonly tree: string | null;
  readonly result: UpdateResult | null;
  /** Versions that need a newer shell, of which the host has been told: each once, as long as the process lives. */
  readonly outgrown: readonly string[];
  /** Failures in a row that are worth a retry: the exponent of the backoff. */
  readonly failures: number;
};

export type UpdateEvent =
  | { readonly type: 'update.check'; readonly origin: CheckRequest['origin'] }
  | { readonly type: 'update.stage'; readonly origin: CheckRequest['origin'] }
  /** Asks at once, as the schedule would; without one, or with a run in work, it changes nothing. */
  | { readonly type: 'update.wake' }
  | { readonly type: 'update.cancel' }
  | { readonly type: 'update.defer'; readonly refusal: Refusal }
  | { readonly type: 'update.permit' }
  | { readonly type: 'update.schedule'; readonly schedule: Schedule | null };

export type UpdateEmitted =
  | { readonly type: 'update.settled'; readonly result: UpdateResult }
  | { readonly type: 'update.staged'; readonly version: string; readonly superseded: string | null }
  | ({ readonly type: 'update.outgrown'; readonly version: string } & ShellDemand);
