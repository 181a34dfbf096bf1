import type { ActorOptions, AnyActorLogic } from 'xstate';

type Clock = NonNullable<ActorOptions<AnyActorLogic>['clock']>;

/** The charts' timers never keep the process alive (C-01). */
export const unrefClock: Clock = {
  setTimeout: (work: (...args: unknown[]) => void, ms: number) => {
    const timer = setTimeout(work, ms);
    timer.unref();
    return timer;
  },
  clearTimeout: (timer: NodeJS.Timeout) => clearTimeout(timer),
};
