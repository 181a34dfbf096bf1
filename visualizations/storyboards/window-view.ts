import type { Emitter } from '#src/emitter.js';
import type { StagedoorEvents, UpdateOutcome } from '#src/index.js';

/** The app's user interface, as far as it is about the runtime. */
export type AppWindow = {
  /** What the user sees: a line a thing. */
  readonly text: () => string;
  readonly restartPending: (leases: readonly string[]) => void;
  readonly restartBegun: () => void;
  readonly close: (why: string) => void;
};

const answerTo = (outcome: UpdateOutcome, running: string | null): string | null => {
  switch (outcome.outcome) {
    case 'up-to-date':
      return running === outcome.current
        ? 'You have the newest version.'
        : `${outcome.current} is ready: restart to apply.`;
    case 'update-available':
      return `${outcome.version} is available.`;
    case 'already-staged':
      return null;
    case 'bad-version':
      return `${outcome.version} is not installed: it is marked as bad.`;
    case 'incompatible':
      return `${outcome.version} does not fit this machine (${outcome.reason.field}).`;
    case 'deferred':
      return `${outcome.version ?? 'A version'} is not installed now: ${outcome.refusal.message}.`;
    case 'cancelled':
      return 'The update was cancelled.';
    case 'failed':
      return `No update: ${outcome.error.message}.`;
    case 'staged':
      return null;
  }
};

/** What an ordinary host shows for what it is told. A check that the user did not ask for says nothing unless it stages. */
export const openWindow = ({ on }: Pick<Emitter<StagedoorEvents>, 'on'>): AppWindow => {
  let head = 'The app is opened …';
  let ready: string | null = null;
  let left: string | null = null;
  let pending: string | null = null;
  let answer: string | null = null;
  let asked = false;
  let runs: string | null = null;
  on('runtime:starting', ({ version }) => {
    head = `${version} is starting …`;
    if (ready === version) ready = null;
    left = null;
    pending = null;
    answer = null;
  });
  on('runtime:ready', ({ version }) => {
    head = `The app runs ${version}.`;
    runs = version;
  });
  on('runtime:exited', ({ version, restarting }) => {
    head = restarting ? `${version} has ended. It is started again …` : `${version} has ended.`;
  });
  on('runtime:exhausted', ({ error }) => {
    head = `Nothing starts: ${error.message}.`;
  });
  on('runtime:rolled-back', ({ version, running, reason }) => {
    left = `${version} was left: ${reason}. ${running} runs.`;
    if (ready === version) ready = null;
  });
  on('runtime:update-staged', ({ version }) => {
    ready = version;
  });
  on('update:checking', ({ origin }) => {
    asked = origin === 'host';
    answer = asked ? 'Looking for an update …' : null;
  });
  on('update:settled', outcome => {
    answer = asked ? answerTo(outcome, runs) : null;
  });
  const lines = (): (string | null)[] => [
    head,
    ready === null ? null : `${ready} is ready: restart to apply.`,
    left,
    pending,
    answer,
  ];
  return {
    text: () =>
      lines()
        .filter(line => line !== null)
        .join('\n'),
    restartPending: leases => {
      pending = `The restart waits for: ${leases.join(', ')}.`;
    },
    restartBegun: () => {
      pending = null;
    },
    close: why => {
      [head, ready, left, pending, answer] = [why, null, null, null, null];
    },
  };
};
