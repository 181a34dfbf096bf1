import type { EventObject } from 'xstate';
import type { CheckResult, CommitOutput, NativesOutcome } from '#machines/contract.js';
import { type FailureCode, failureOf, isRetryable } from '#machines/failure.js';
import type { UpdateWorld } from './world.ts';

/** One run of the chart as the world sees it. */
export type Scene = {
  readonly world: UpdateWorld;
  /** What the run in work stages, by the chart's context. */
  readonly version: string;
  readonly scratch: string;
  /** The package of this run must not pass unpacking. */
  readonly refusesPackage: boolean;
};

/** A state of the world that makes the real effect end as the path says. */
export type Arrangement = {
  readonly name: string;
  readonly fits?: (scene: Scene) => boolean;
  /** Makes the world so; gives back what undoes it when the effect has settled. */
  readonly prepare?: (scene: Scene) => (() => void) | undefined;
  /** For effects that must fail: the codes they may fail with. */
  readonly codes?: readonly FailureCode[];
  /** What has changed for good by the settled effect, to be expected from now on. */
  readonly settled?: (scene: Scene) => void;
};

export type Arrangements = Readonly<Record<string, readonly Arrangement[]>>;

const settledEvent = /^xstate\.(done|error)\.actor\.(.+)$/;

/** The effect whose end an event tells of; null for any other event. */
export const effectOf = ({ type }: EventObject): string | null => settledEvent.exec(type)?.[2] ?? null;

/** What tells the outputs of one effect apart: of natives, whether the gate is closed. */
export const kindOf = (value: unknown): string | undefined => {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
  if ('failure' in value) return value.failure === null ? 'open' : 'closed';
  return String(value.kind);
};

const variantOf = (output: CheckResult | CommitOutput | NativesOutcome | undefined): string => {
  const kind = kindOf(output);
  if (output === undefined || kind === undefined) return '';
  const pinned = 'refusal' in output && output.refusal !== null;
  return ` ${kind}${pinned ? ', pinned' : ''}`;
};

/** What a path wants of an effect, such as `checkRegistry upToDate` or `download fails, retryable`; '' for other events. */
export const wishOf = (event: EventObject): string => {
  const effect = effectOf(event);
  if (effect === null) return '';
  if ('error' in event) {
    return `${effect} fails${isRetryable(failureOf(event.error)) ? ', retryable' : ''}`;
  }
  return `${effect}${variantOf('output' in event ? (event.output as CheckResult | undefined) : undefined)}`;
};

/** Every wish takes its arrangements in turn, so that a run goes through all of them; counts what was used. */
export const createRotation = (table: Arrangements) => {
  const used = new Map<string, number>();
  let preferred: readonly string[] = [];
  const nameOf = (wish: string, { name }: Arrangement): string => `${wish}: ${name}`;
  return {
    used,
    /** How often anything was arranged for wishes that begin so. */
    uses: (wish: string): number =>
      [...used].reduce((sum, [name, count]) => sum + (name.startsWith(wish) ? count : 0), 0),
    /** The arrangements that no path has asked for so far. */
    unused: (): string[] =>
      Object.entries(table)
        .flatMap(([wish, list]) => list.map(one => nameOf(wish, one)))
        .filter(name => !used.has(name)),
    /** From now on these are taken wherever they fit, the first ones before the others. */
    prefer: (names: readonly string[]): void => {
      preferred = names;
    },
    /** A preferred one, else the one that fits and was used least. */
    pick: (wish: string, scene: Scene): Arrangement => {
      const fitting = (table[wish] ?? []).filter(({ fits }) => fits?.(scene) ?? true);
      const uses = (one: Arrangement): number => used.get(nameOf(wish, one)) ?? 0;
      const [first, ...others] = fitting;
      if (first === undefined) throw new Error(`nothing arranges '${wish}'`);
      const wanted = preferred.flatMap(name => fitting.filter(one => nameOf(wish, one) === name)).at(0);
      const chosen = wanted ?? others.reduce((least, one) => (uses(one) < uses(least) ? one : least), first);
      used.set(nameOf(wish, chosen), uses(chosen) + 1);
      return chosen;
    },
  };
};

export type Rotation = ReturnType<typeof createRotation>;
