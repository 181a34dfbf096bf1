import type { SupervisorActor } from './actors/supervisor.ts';

/** The longest delay a timer takes. */
const forever = 2 ** 31 - 1;

/**
 * The charts' own timers let a process end. While a launch, a restart or a stop is under way, this holds it: between two
 * spawns nothing else would.
 */
export const keepAlive = (actor: SupervisorActor): void => {
  let held: NodeJS.Timeout | undefined;
  const release = (): void => {
    clearInterval(held);
    held = undefined;
  };
  actor.subscribe({
    next: snapshot => {
      const wanted = snapshot.hasTag('busy') || snapshot.hasTag('ending');
      if (!wanted) release();
      else held ??= setInterval(() => undefined, forever);
    },
    error: release,
    complete: release,
  });
};
