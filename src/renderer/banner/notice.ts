import type { UiState, UiTag } from '../../electron/bridge.ts';
import type { PutAside } from './put-aside.ts';

/** The one thing that the banner says, with what it needs to say it. */
export type Notice =
  | { readonly kind: 'down' }
  | { readonly kind: 'restarting' }
  | { readonly kind: 'waiting'; readonly version: string | null; readonly waitingFor: readonly string[] }
  | ({ readonly kind: 'rolled-back' } & NonNullable<UiState['rolledBack']>)
  | { readonly kind: 'staged'; readonly version: string }
  | ({ readonly kind: 'outgrown' } & NonNullable<UiState['outgrown']>)
  | { readonly kind: 'offline' }
  | ({ readonly kind: 'downloading' } & NonNullable<UiState['progress']>);

type Reading = (state: UiState, has: (tag: UiTag) => boolean, aside: PutAside) => Notice | null;

/** The most pressing one first. What went wrong is told before what to do next. */
const readings: readonly Reading[] = [
  (_state, has) => (has('restarting') ? { kind: 'restarting' } : null),
  (_state, has) => (has('down') ? { kind: 'down' } : null),
  ({ staged, waitingFor }, has) =>
    has('waiting') ? { kind: 'waiting', version: staged?.version ?? null, waitingFor } : null,
  ({ rolledBack }, has, aside) =>
    has('rolled-back') && rolledBack !== null && !aside.has('rolled-back', rolledBack.version)
      ? { kind: 'rolled-back', ...rolledBack }
      : null,
  ({ staged }, has, aside) =>
    has('staged') && staged !== null && !aside.has('staged', staged.version)
      ? { kind: 'staged', version: staged.version }
      : null,
  ({ outgrown }, has, aside) =>
    has('outgrown') && outgrown !== null && !aside.has('outgrown', outgrown.version)
      ? { kind: 'outgrown', ...outgrown }
      : null,
  // Being offline is nobody's concern while nothing needs the network.
  (_state, has) => (has('offline') && (has('downloading') || has('checking')) ? { kind: 'offline' } : null),
  ({ progress }, has) =>
    has('downloading') && progress !== null ? { kind: 'downloading', ...progress } : null,
];

/** Null: there is nothing to say. */
export const noticeOf = (state: UiState, aside: PutAside): Notice | null => {
  const has = (tag: UiTag): boolean => state.tags.includes(tag);
  for (const reading of readings) {
    const notice = reading(state, has, aside);
    if (notice !== null) return notice;
  }
  return null;
};
