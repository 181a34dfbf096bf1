import type { SupervisorActor, SupervisorSnapshot } from './actors/supervisor.ts';
import type { Emitter } from './emitter.ts';
import type { LaunchOutcome, RestartOutcome, StagedoorEvents } from './stagedoor.ts';

type Events = Pick<Emitter<StagedoorEvents>, 'on'>;
type Listen<Outcome> = (settle: (outcome: Outcome) => void) => () => void;

/** Does something and waits for the first of several facts; every listener is detached again. */
const firstOf = <Outcome>(listen: readonly Listen<Outcome>[], act: () => void): Promise<Outcome> =>
  new Promise(resolve => {
    let detach: (() => void)[] = [];
    const settle = (outcome: Outcome): void => {
      for (const off of detach) off();
      resolve(outcome);
    };
    detach = listen.map(attach => attach(settle));
    act();
  });

/** What runs now, if something does and is not being ended. */
export const runningNow = ({ status, value, children }: SupervisorSnapshot): LaunchOutcome | null => {
  const launch = children.launch?.getSnapshot();
  const launched = status === 'active' && typeof value.runtime === 'object';
  const up = launched && launch?.hasTag('healthy') === true;
  if (!up || launch.context.candidate === null) return null;
  const { candidate, pid } = launch.context;
  return { outcome: 'running', version: candidate.version, role: candidate.role, pid };
};

const launchFacts = (actor: SupervisorActor, { on }: Events): readonly Listen<LaunchOutcome>[] => [
  settle =>
    on('runtime:ready', ({ version, role, pid }) => settle({ outcome: 'running', version, role, pid })),
  settle =>
    on('runtime:exited', ({ exit, restarting }) => {
      // An end that the host has asked for is `stopped`.
      const asked = actor.getSnapshot().matches({ runtime: { launched: 'stopping' } });
      if (exit.code === 0 && !restarting && !asked) settle({ outcome: 'ended', exit });
    }),
  settle => {
    const { unsubscribe } = actor.subscribe({
      next: ({ value, context }) => {
        if (value.runtime === 'stopped') settle({ outcome: 'stopped' });
        if (value.runtime === 'down' && context.lost !== null) {
          settle({ outcome: 'exhausted', error: context.lost.failure, exit: context.lost.exit });
        }
      },
      error: () => settle({ outcome: 'stopped' }),
    });
    return unsubscribe;
  },
];

/** Sends and waits until something runs, nothing can, or the host has stopped it. */
export const launchOutcome = (
  actor: SupervisorActor,
  events: Events,
  act: () => void,
): Promise<LaunchOutcome> => firstOf<LaunchOutcome>(launchFacts(actor, events), act);

/** The same for a restart, which may have to wait for running work. */
export const restartOutcome = (
  actor: SupervisorActor,
  events: Events,
  act: () => void,
): Promise<RestartOutcome> =>
  firstOf<RestartOutcome>(
    [
      ...launchFacts(actor, events),
      settle => {
        const { unsubscribe } = actor.on('supervisor.restartPending', ({ leases }) =>
          settle({ outcome: 'waiting', leases }),
        );
        return unsubscribe;
      },
    ],
    act,
  );

/** Resolves when no runtime lives and no update or order is in flight, or the chart has failed. */
export const atRest = (actor: SupervisorActor): Promise<void> =>
  firstOf<void>(
    [
      settle => {
        const look = (): void => {
          const { status, value, children } = actor.getSnapshot();
          const rests =
            typeof value.runtime !== 'object' &&
            value.orders === 'none' &&
            children.update?.getSnapshot().hasTag('busy') !== true;
          if (rests || status !== 'active') settle();
        };
        const own = actor.subscribe({ next: look, error: look });
        const update = actor.getSnapshot().children.update?.subscribe({ next: look, error: look });
        queueMicrotask(look);
        return () => {
          own.unsubscribe();
          update?.unsubscribe();
        };
      },
    ],
    () => undefined,
  );
