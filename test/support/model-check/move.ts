import type { EventObject } from 'xstate';
import type { FailureCode } from '#machines/failure.js';
import { failureOf } from '#machines/failure.js';
import { broke, done } from '../charts/exploration.ts';
import type { Fact } from './chart-steps.ts';
import { fact } from './fact.ts';
import type { Charts, Name } from './product.ts';
import type { Fault, Scope, World } from './world.ts';

/** One thing that may happen next: the world changes, and one chart may hear of it. */
export type Move = {
  readonly label: string;
  readonly kind: 'effect' | 'child' | 'time' | 'command' | 'upheaval';
  /** A fair world does not do this to a sound bundled runtime. */
  readonly foul: boolean;
  readonly world: World;
  readonly to: Name | null;
  readonly fact: Fact | null;
};

/** What the moves of one state are made from. */
export type Scene = {
  readonly scope: Scope;
  readonly world: World;
  readonly charts: Charts;
  /** What an effect was given; undefined: it is not at work. */
  readonly given: (slot: string) => unknown;
  readonly may: (fault: Fault) => boolean;
};

export const sceneOf = (scope: Scope, world: World, charts: Charts): Scene => ({
  scope,
  world,
  charts,
  given: slot =>
    charts.launch?.slots.get(slot) ?? charts.update?.slots.get(slot) ?? charts.supervisor.slots.get(slot),
  may: fault => scope.faults.has(fault),
});
/** Some effects are given nothing. */
export const isAtWork = ({ charts }: Scene, slot: string): boolean =>
  charts.launch?.slots.has(slot) === true ||
  charts.update?.slots.has(slot) === true ||
  charts.supervisor.slots.has(slot);

const faultAs = (code: FailureCode) => failureOf({ code, message: code });

type Aside = Partial<Pick<Move, 'kind' | 'foul' | 'label'>>;

const move = (to: Name | null, heard: Fact | null, label: string, world: World, aside: Aside): Move => ({
  label,
  kind: 'effect',
  foul: false,
  world,
  to,
  fact: heard,
  ...aside,
});

/** The effect ends well. `variant` tells its outputs apart. */
export const ends = (
  to: Name,
  slot: string,
  world: World,
  { variant = '', output, ...aside }: { variant?: string; output?: unknown } & Aside = {},
): Move => {
  const heard = fact(`${slot} done ${variant}`, () => done(slot, output));
  return move(to, heard, `${slot}: done${variant === '' ? '' : ` (${variant})`}`, world, aside);
};

export const breaks = (to: Name, slot: string, code: FailureCode, world: World, aside: Aside = {}): Move => {
  const heard = fact(`${slot} broke ${code}`, () => broke(slot, faultAs(code)));
  return move(to, heard, `${slot}: ${code}`, world, aside);
};

/** A chart hears something that is no end of an effect. */
export const hears = (to: Name, name: string, make: () => EventObject, world: World, aside: Aside): Move =>
  move(to, fact(name, make), name, world, aside);

/** Only the world moves on; no chart hears of it yet. */
export const unheard = (label: string, world: World, aside: Aside = {}): Move =>
  move(null, null, label, world, aside);

export { faultAs };
