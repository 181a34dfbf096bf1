import type { SupervisorActor } from './actors/supervisor.ts';
import type { Emitter } from './emitter.ts';
import type { LaunchOutcome, RestartOutcome, StagedoorEvents } from './stagedoor.ts';

type Events = Pick<Emitter<StagedoorEvents>, 'on'>;

/** Does something and waits for the first of several facts; every listener is detached again. */
const firstOf = <Outcome>(
  listen: ((settle: (outcome: Outcome) => void) => () => void)[],
  act: () => void,
): Promise<Outcome> =>
  new Promise(resolve => {
    let detach: (() => void)[] = [];
    const settle = (outcome: Outcome): void => {
      for (const off of detach) off();
      resolve(outcome);
    };
    detach = listen.map(attach => attach(settle));
    act();
  });

const launchFacts = (actor: SupervisorActor, { on }: Events) => [
  (settle: (outcome: LaunchOutcome) => void) =>
    on('runtime:ready', ({ version, role, pid }) => settle({ outcome: 'running', version, role, pid })),
  (settle: (outcome: LaunchOutcome) => void) => {
    const { unsubscribe } = actor.subscribe(({ value, context }) => {
      if (value.runtime === 'stopped') settle({ outcome: 'stopped' });
      if (value.runtime === 'down' && context.lost !== null) {
        settle({ outcome: 'exhausted', error: context.lost.failure, exit: context.lost.exit });
      }
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

/** Resolves when no runtime lives and no update is in flight. */
export const atRest = (actor: SupervisorActor): Promise<void> =>
  firstOf<void>(
    [
      settle => {
        const look = ({ value, children }: ReturnType<SupervisorActor['getSnapshot']>): void => {
          const launched = typeof value.runtime === 'object';
          if (!launched && children.update?.getSnapshot().hasTag('busy') !== true) settle();
        };
        const own = actor.subscribe(look);
        const update = actor.getSnapshot().children.update?.subscribe(() => look(actor.getSnapshot()));
        queueMicrotask(() => look(actor.getSnapshot()));
        return () => {
          own.unsubscribe();
          update?.unsubscribe();
        };
      },
    ],
    () => undefined,
  );
