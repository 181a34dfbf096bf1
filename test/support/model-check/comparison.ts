import { type AnyActorRef, createActor, type EventObject, SimulatedClock } from 'xstate';
import { defaultLaunchInput, launchMachine } from '#machines/launch.js';
import type { Schedule } from '#machines/schedule.js';
import { type StoreChange, type StoreOrder, supervisorMachine } from '#machines/supervisor.js';
import { updateMachine } from '#machines/update.js';
import { launchSlots, scripted, type Trace, updateSlots } from '../charts/slots.ts';
import type { Charts, Name, Outward } from './product.ts';

/** The real actors beside the stepped charts: what they are in and what they have asked for must be the same. */
export const createReality = (schedule: Schedule | null, crashLimit: number) => {
  const trace: Trace = [];
  const actor = createActor(
    supervisorMachine.provide({
      actors: {
        launch: launchMachine.provide({ actors: launchSlots(trace).actors }),
        update: updateMachine.provide({ actors: updateSlots(trace).actors }),
        changeStore: scripted<StoreChange, StoreOrder>(trace, 'changeStore').logic,
      },
    }),
    { input: { schedule, launch: { ...defaultLaunchInput, crashLimit } }, clock: new SimulatedClock() },
  );
  actor.subscribe({
    error: fault => trace.push({ kind: 'told', event: { type: `fault ${String(fault)}` } }),
  });
  actor.start();

  const child = (name: 'launch' | 'update'): AnyActorRef | undefined => {
    const ref: AnyActorRef | undefined = actor.getSnapshot().children[name];
    return ref?.getSnapshot().status === 'active' ? ref : undefined;
  };
  return {
    send: (to: Name, event: EventObject): void => {
      if (to === 'supervisor') actor.send(event as never);
      else child(to)?.send(event);
    },
    /** Values of the three charts. */
    values: () => [
      actor.getSnapshot().value,
      child('launch')?.getSnapshot().value,
      child('update')?.getSnapshot().value,
    ],
    /** What effects were begun, aborted and ordered since it was asked last. */
    demands: (): string[] =>
      trace.splice(0).flatMap(sight => {
        if (sight.kind === 'begin' || sight.kind === 'abort') return [`${sight.kind} ${sight.slot}`];
        return sight.kind === 'order' ? [`order ${sight.order.because}`] : [];
      }),
    stop: () => actor.stop(),
  };
};

export const valuesOf = ({ supervisor, launch, update }: Charts) => [
  supervisor.snapshot.value,
  launch?.snapshot.value,
  update?.snapshot.value,
];
/** The same words for what the stepped charts ask for. */
export const demandsOf = (outward: readonly Outward[]): string[] =>
  outward.flatMap(demand => {
    if (demand.kind === 'begin' || demand.kind === 'abort') return [`${demand.kind} ${demand.slot}`];
    if (demand.kind === 'send') return [`order ${(demand.event as unknown as { because: string }).because}`];
    return [];
  });
