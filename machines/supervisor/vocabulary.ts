import type { Exit } from '../contract.ts';
import type { Failure } from '../failure.ts';
import type { ForwardedSignal, LaunchInput, LaunchOutput } from '../launch.ts';
import type { Schedule } from '../schedule.ts';

/** A change of the store that the user orders; one at a time. */
export type StoreOrder =
  | { readonly kind: 'rollback'; readonly version: string | undefined }
  | { readonly kind: 'pin'; readonly version: string }
  | { readonly kind: 'unpin' };

/** What came of it. `leave`: the running version is the one to leave, as soon as no work is running. */
export type StoreChange = { readonly result: StoreResult; readonly leave: boolean };
export type StoreResult =
  | { readonly outcome: 'rolled-back'; readonly from: string; readonly to: string }
  | { readonly outcome: 'nothing-to-roll-back' }
  | { readonly outcome: 'pinned'; readonly version: string }
  | { readonly outcome: 'unpinned'; readonly version: string | null };

export type SupervisorInput = {
  /** Null: no updater at all, as in a development shell (C-04). */
  readonly schedule: Schedule | null;
  readonly launch: LaunchInput;
};

export type SupervisorContext = SupervisorInput & {
  /** Running work by id; a restart waits for it. */
  readonly leases: readonly { readonly id: string; readonly name: string }[];
  readonly order: StoreOrder | null;
  /** The version that the updater has staged in this run. */
  readonly staged: string | null;
  /** Why nothing runs, while nothing does. */
  readonly lost: { readonly failure: Failure; readonly exit: Exit | null } | null;
};

export type SupervisorEvent =
  | { readonly type: 'supervisor.start' }
  | { readonly type: 'supervisor.stop'; readonly signal?: ForwardedSignal | undefined }
  /** `consent`: the user agrees to interrupt running work. */
  | { readonly type: 'supervisor.restart'; readonly consent: boolean }
  | { readonly type: 'supervisor.check' }
  | { readonly type: 'supervisor.update' }
  | { readonly type: 'supervisor.cancel' }
  /** The machine woke up, or the network came back. */
  | { readonly type: 'supervisor.wake' }
  | { readonly type: 'supervisor.hold' }
  | { readonly type: 'supervisor.release' }
  | { readonly type: 'supervisor.order'; readonly order: StoreOrder }
  | { readonly type: 'lease.taken'; readonly id: string; readonly name: string }
  | { readonly type: 'lease.ended'; readonly id: string }
  | { readonly type: 'runtime.proven' }
  | { readonly type: 'runtime.unproven' }
  | { readonly type: 'runtime.lost' }
  | { readonly type: 'launch.over'; readonly output: LaunchOutput }
  | { readonly type: 'update.landed' };

export type SupervisorEmitted =
  | { readonly type: 'supervisor.restartPending'; readonly leases: readonly string[] }
  | { readonly type: 'supervisor.ordered'; readonly change: StoreChange }
  | { readonly type: 'supervisor.orderFailed'; readonly failure: Failure };
