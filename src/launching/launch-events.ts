import type { Exit, Judgement, Role, SettleOutput } from '../../machines/contract.ts';
import type { Failure } from '../../machines/failure.ts';
import type { LaunchEmitted } from '../../machines/launch.ts';
import type { NativesEmitted } from '../../machines/natives.ts';
import type { Emitter } from '../emitter.ts';
import { type NativesReport, nativesReport } from '../natives/report.ts';
import type { Journal } from '../store/journal.ts';
import type { JsonRecord } from '../store/json-shape.ts';

/** What a host hears of a launch. */
export type LaunchEvents = {
  'runtime:starting': { readonly version: string; readonly role: Role; readonly attempt: string };
  'runtime:ready': { readonly version: string; readonly role: Role; readonly pid: number | null };
  'runtime:trusted': { readonly version: string };
  'runtime:exited': { readonly version: string; readonly exit: Exit; readonly restarting: boolean };
  'runtime:failed': { readonly version: string; readonly role: Role; readonly error: Failure };
  'runtime:judged': { readonly judgements: readonly Judgement[] };
  /** `running`: what runs instead. */
  'runtime:rolled-back': { readonly version: string; readonly reason: string; readonly running: string };
  'runtime:exhausted': { readonly error: Failure };
  /** Natives are installed for the executable: once for its ABI on this machine. `names`: those that do not fit. */
  'natives:installing': { readonly tag: string; readonly names: readonly string[] };
  /** Another process installs the very same; this one waits for it. */
  'natives:waiting': { readonly tag: string; readonly names: readonly string[] };
  /** Where the natives of what is about to start, or to be staged, come from. Only where they did not all fit at once. */
  'natives:settled': NativesReport;
};

type Tell = {
  readonly [Type in LaunchEmitted['type']]: (
    emit: Emitter<LaunchEvents>['emit'],
    event: Extract<LaunchEmitted, { readonly type: Type }>,
  ) => void;
};

const tell: Tell = {
  'launch.starting': (emit, { candidate: { version, role }, attempt }) =>
    emit('runtime:starting', { version, role, attempt }),
  'launch.ready': (emit, { candidate: { version, role }, pid }) =>
    emit('runtime:ready', { version, role, pid }),
  'launch.trusted': (emit, { version }) => emit('runtime:trusted', { version }),
  'launch.failed': (emit, { suspect: { candidate, failure } }) =>
    emit('runtime:failed', { version: candidate.version, role: candidate.role, error: failure }),
  'launch.exited': (emit, { version, exit, restarting }) =>
    emit('runtime:exited', { version, exit, restarting }),
  'launch.judged': (emit, { judgements }) => {
    if (judgements.length > 0) emit('runtime:judged', { judgements });
  },
  'launch.rolledBack': (emit, { versions, running }) => {
    for (const { version, reason } of versions) emit('runtime:rolled-back', { version, reason, running });
  },
  'launch.exhausted': (emit, { failure }) => emit('runtime:exhausted', { error: failure }),
};

/** Facts of the launch chart in the host's words. */
export const tellLaunch = <Type extends LaunchEmitted['type']>(
  { emit }: Pick<Emitter<LaunchEvents>, 'emit'>,
  event: Extract<LaunchEmitted, { readonly type: Type }>,
): void => {
  const say: (typeof tell)[Type] = tell[event.type as Type];
  say(emit, event);
};

/** Facts of the chart of natives in the host's words. */
export const tellNatives =
  ({ emit }: Pick<Emitter<LaunchEvents>, 'emit'>) =>
  (event: NativesEmitted): void => {
    if (event.type === 'natives.settled') emit('natives:settled', nativesReport(event.outcome));
    else {
      const { tag, names } = event;
      emit(event.type === 'natives.installing' ? 'natives:installing' : 'natives:waiting', { tag, names });
    }
  };

/** Facts worth keeping: what happened and why. */
const journaled = [
  'runtime:starting',
  'runtime:ready',
  'runtime:trusted',
  'runtime:exited',
  'runtime:failed',
  'runtime:judged',
  'runtime:rolled-back',
  'runtime:exhausted',
] as const satisfies readonly (keyof LaunchEvents)[];

/** In the journal `pid` is the process that writes. */
const toFact = (event: LaunchEvents[(typeof journaled)[number]]): JsonRecord => {
  if (!('pid' in event)) return { ...event };
  const { pid: runtimePid, ...rest } = event;
  return { ...rest, runtimePid };
};

export const journalLaunch = ({ on }: Pick<Emitter<LaunchEvents>, 'on'>, journal: Journal): void => {
  for (const name of journaled) on(name, event => journal.append({ ...toFact(event), event: name }));
};

/**
 * Rollbacks that the recovery of a start makes are told when something runs: the host is to hear what runs instead, and may
 * not listen before.
 */
export const lateRollbacks = ({ on, emit }: Pick<Emitter<LaunchEvents>, 'on' | 'emit'>) => {
  let pending: SettleOutput['rolledBack'] = [];
  on('runtime:ready', ({ version: running }) => {
    const told = pending;
    pending = [];
    for (const { version, reason } of told) emit('runtime:rolled-back', { version, reason, running });
  });
  return (rolledBack: SettleOutput['rolledBack']): void => {
    pending = [...pending, ...rolledBack];
  };
};
