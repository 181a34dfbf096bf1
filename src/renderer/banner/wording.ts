import { bytesIn, listIn } from './amounts.ts';
import type { Notice } from './notice.ts';
import type { Say } from './strings.ts';

/** Each has a button of its own: one that came to mean something else under a finger would be pressed by mistake. */
export type ActionName =
  | 'restart-now'
  | 'restart-anyway'
  | 'restart-when-finished'
  | 'start-again'
  | 'put-aside';
export type Action = { readonly name: ActionName; readonly label: string; readonly primary: boolean };

/** What is shown. `title` and `detail` are read out when they change, `note` and `progress` are not. */
export type Words = {
  readonly title: string;
  readonly detail: string;
  readonly note: string;
  /** From 0 to 1; `null` where nobody knows how far it is, `none` where nothing goes on. */
  readonly progress: number | null | 'none';
  readonly actions: readonly Action[];
};

type Saying = { readonly say: Say; readonly locale: string };
type Notices = { readonly [Kind in Notice['kind']]: Extract<Notice, { kind: Kind }> };

const button = (name: ActionName, label: string, primary = false): Action => ({ name, label, primary });

const fraction = (bytes: number, total: number | null): number | null =>
  total === null || total <= 0 ? null : Math.min(1, bytes / total);

const amount = (bytes: number, total: number | null, { say, locale }: Saying): string =>
  total === null
    ? say('bytes', { bytes: bytesIn(locale, bytes) })
    : say('bytesOfTotal', { bytes: bytesIn(locale, bytes), total: bytesIn(locale, total) });

/** A reason is a line that may end in a full stop; the texts bring their own. */
const bare = (reason: string): string => reason.replace(/[.\s]+$/, '');

const wordings: {
  readonly [Kind in keyof Notices]: (notice: Notices[Kind], saying: Saying) => Partial<Words>;
} = {
  // Only a download counts bytes; the steps after it are short, and some count files.
  downloading: ({ version, phase, bytes, totalBytes }, saying) =>
    phase === 'downloading'
      ? {
          title: saying.say('downloading', { version }),
          note: amount(bytes, totalBytes, saying),
          progress: fraction(bytes, totalBytes),
        }
      : { title: saying.say('preparing', { version }), progress: fraction(bytes, totalBytes) },
  staged: ({ version }, { say }) => ({
    title: say('staged', { version }),
    detail: say('stagedDetail', { version }),
    actions: [
      button('restart-now', say('restartNow', {}), true),
      button('restart-when-finished', say('restartWhenFinished', {})),
      button('put-aside', say('later', {})),
    ],
  }),
  waiting: ({ version, waitingFor }, { say, locale }) => ({
    title: version === null ? say('waitingForRestart', {}) : say('waiting', { version }),
    note:
      waitingFor.length === 0
        ? ''
        : say('waitingFor', { names: listIn(locale, waitingFor), count: waitingFor.length }),
    actions: [button('restart-anyway', say('restartNowAnyway', {}))],
  }),
  restarting: (_notice, { say }) => ({ title: say('restarting', {}), progress: null }),
  'rolled-back': ({ version, running, reason }, { say }) => ({
    title: say('rolledBack', { version }),
    detail:
      running === null
        ? say('rolledBackReason', { reason: bare(reason) })
        : say('rolledBackTo', { reason: bare(reason), running }),
    actions: [button('put-aside', say('dismiss', {}))],
  }),
  outgrown: ({ version, needs, shell }, { say }) => ({
    title: say('outgrown', { version }),
    detail: say('outgrownDetail', { needs, shell }),
    actions: [button('put-aside', say('dismiss', {}))],
  }),
  offline: (_notice, { say }) => ({ title: say('offline', {}), detail: say('offlineDetail', {}) }),
  down: (_notice, { say }) => ({
    title: say('down', {}),
    detail: say('downDetail', {}),
    actions: [button('start-again', say('tryAgain', {}), true)],
  }),
};

export const silence: Words = { title: '', detail: '', note: '', progress: 'none', actions: [] };

const wordsOf = <Kind extends keyof Notices>(kind: Kind, notice: Notices[Kind], saying: Saying): Words => ({
  ...silence,
  ...wordings[kind](notice, saying),
});

export const wordsFor = (notice: Notice | null, saying: Saying): Words =>
  notice === null ? silence : wordsOf(notice.kind, notice, saying);
