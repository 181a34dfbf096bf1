import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { Dice } from './dice.ts';
import type { Said, Victim } from './victim.ts';

/** A moment in the life of a program: so long after a line of its own. */
export type Moment = { readonly after: string; readonly delayMs: number };

/** How long after each kind of line the next one came, in a run that nobody killed. */
export type Timeline = readonly { readonly after: string; readonly lengthMs: number }[];

const nameOf = ({ line }: Said): string => String(line.at);

/** The times of a run to its end; a line `{at: NAME}` begins a phase. */
export const timelineOf = async ({ said, ended }: Victim): Promise<Timeline> => {
  await ended;
  const phases = said.filter(({ line }) => 'at' in line);
  return phases.slice(0, -1).map((phase, index) => ({
    after: nameOf(phase),
    lengthMs: (phases[index + 1]?.atMs ?? phase.atMs) - phase.atMs,
  }));
};

/** The phases of a program that would live on: the last one begins with a line that fits, and is as long as we say. */
export const timelineUntil = async (
  victim: Victim,
  isLast: (at: string) => boolean,
  lastMs: number,
): Promise<Timeline> => {
  const last = await victim.says(({ at }) => typeof at === 'string' && isLast(at));
  await victim.kill();
  if (last === null) throw new Error(`it ended before: ${victim.stderr()}`);
  const phases = victim.said.filter(({ line, atMs }) => 'at' in line && atMs <= last.atMs);
  return phases.map((phase, index) => ({
    after: nameOf(phase),
    lengthMs: (phases[index + 1]?.atMs ?? last.atMs + lastMs) - phase.atMs,
  }));
};

/** Every phase as often as the others, however short it is: most of the time is spent where nothing is written. */
export const momentIn = (timeline: Timeline, dice: Dice): Moment => {
  const { after, lengthMs } = dice.pick(timeline);
  return { after, delayMs: dice.real() * lengthMs };
};

/** Timers are too coarse for the last millisecond, and whoever waits may have a registry to serve meanwhile. */
const waitUntil = async (time: number): Promise<void> => {
  const coarse = Math.floor(time - performance.now()) - 1;
  if (coarse > 0) await pause(coarse);
  while (performance.now() < time) await nextTurn();
};

/**
 * Kills a program at a moment of its life; false if it had ended before. One that lives on and takes another way than the
 * measured one is killed where it comes to rest.
 */
export const killAt = async (
  victim: Victim,
  { after, delayMs }: Moment,
  isLast: (at: string) => boolean = () => false,
): Promise<boolean> => {
  const reached = await victim.says(({ at }) => at === after || (typeof at === 'string' && isLast(at)));
  if (reached !== null) await Promise.race([waitUntil(performance.now() + delayMs), victim.ended]);
  return victim.kill();
};

export const momentText = ({ after, delayMs }: Moment): string => `${delayMs.toFixed(2)} ms after "${after}"`;
