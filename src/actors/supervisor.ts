import { type Actor, fromPromise, type SnapshotFrom } from 'xstate';
import { defaultSchedule, firstCheckDelay } from '../../machines/schedule.ts';
import { type StoreChange, type StoreOrder, supervisorMachine } from '../../machines/supervisor.ts';
import type { LaunchLogic } from './launch.ts';
import type { UpdateLogic } from './update.ts';

export type SupervisorLogic = typeof supervisorMachine;
export type SupervisorActor = Actor<SupervisorLogic>;
export type SupervisorSnapshot = SnapshotFrom<SupervisorLogic>;

/** The supervisor chart with the two others and the user's orders in their places. */
export const supervisorLogic = (
  launch: LaunchLogic,
  update: UpdateLogic,
  changeStore: (order: StoreOrder) => Promise<StoreChange>,
  random: () => number = Math.random,
): SupervisorLogic =>
  supervisorMachine.provide({
    actors: {
      launch,
      update,
      changeStore: fromPromise<StoreChange, StoreOrder>(({ input }) => changeStore(input)),
    },
    delays: { firstCheck: ({ context }) => firstCheckDelay(context.schedule ?? defaultSchedule, random()) },
  });
