import type { Emitter } from '#src/emitter.js';
import type { StagedoorEvents, UpdateOutcome } from '#src/index.js';

/** The app's user interface, as far as it is about the runtime. */
export type AppWindow = {
  readonly paint: () => void;
  readonly restartPending: (leases: readonly string[]) => void;
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
    case 'outgrown':
      return 'You have the newest version for this app.';
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
export const openWindow = (
  { on }: Pick<Emitter<StagedoorEvents>, 'on'>,
  paint: (text: string) => void,
): AppWindow => {
  let head = 'The app is opened …';
  let ready: string | null = null;
  let left: string | null = null;
  let shell: string | null = null;
  let pending: string | null = null;
  let answer: string | null = null;
  let asked = false;
  let runs: string | null = null;
  const repaint = (): void => {
    const banner = ready === null ? null : `${ready} is ready: restart to apply.`;
    paint([head, banner, left, shell, pending, answer].filter(line => line !== null).join('\n'));
  };
  const hear = <Name extends keyof StagedoorEvents>(
    name: Name,
    listener: (event: StagedoorEvents[Name]) => void,
  ): void => {
    on(name, event => {
      listener(event);
      repaint();
    });
  };
  hear('runtime:starting', ({ version }) => {
    head = `${version} is starting …`;
    if (ready === version) ready = null;
    left = null;
    pending = null;
    answer = null;
  });
  hear('runtime:ready', ({ version }) => {
    head = `The app runs ${version}.`;
    runs = version;
  });
  hear('runtime:exited', ({ version, restarting }) => {
    head = restarting ? `${version} has ended. It is started again …` : `${version} has ended.`;
  });
  hear('runtime:exhausted', ({ error }) => {
    head = `Nothing starts: ${error.message}.`;
  });
  hear('runtime:rolled-back', ({ version, running, reason }) => {
    left = `${version} was left: ${reason}. ${running} runs.`;
    if (ready === version) ready = null;
  });
  hear('runtime:update-staged', ({ version }) => {
    ready = version;
  });
  hear('update:outgrown', ({ version }) => {
    shell = `${version} needs a newer app: install its update.`;
  });
  hear('update:checking', ({ origin }) => {
    asked = origin === 'host';
    answer = asked ? 'Looking for an update …' : null;
  });
  hear('update:settled', outcome => {
    answer = asked ? answerTo(outcome, runs) : null;
  });
  return {
    paint: repaint,
    restartPending: leases => {
      pending = `The restart waits for: ${leases.join(', ')}.`;
      repaint();
    },
  };
};
