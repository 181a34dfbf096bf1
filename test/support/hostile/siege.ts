import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { CheckResult } from '#machines/contract.js';
import { blameByCode, type Failure, failureOf } from '#machines/failure.js';
import type { StagingOptions } from '#src/staging/effects.js';
import { newWorld, runtime, type World } from '../../src/staging/staging-world.ts';
import { fingerprint } from './fingerprint.ts';

/** What an update came to. */
export type Ending =
  | { readonly kind: 'staged'; readonly version: string }
  | Exclude<CheckResult, { kind: 'available' | 'adoptable' }>
  | { readonly kind: 'failed'; readonly failure: Failure };

/** A store in which 1.1.0 runs, in the middle of files that are nobody's business, and a registry that may do anything. */
export type Siege = {
  readonly world: World;
  /** What a launch and its surroundings depend on: all but the cache, the marks and the journal. */
  state(): Readonly<Record<string, string>>;
  /** A whole update as the chart does it; never rejects. */
  update(world?: World): Promise<Ending>;
  /** Fails if anything is not as it was when 1.1.0 had been staged. */
  expectUntouched(why: string): void;
};

const own = /^store\/(?:cache|bad-versions\.json|journal(?:\.1)?\.jsonl)$/;
const canaries = ['beside.txt', 'bundled/package.json', 'store.json', 'versions/1.1.0/cli.js', 'tree/evil'];

/** Puts files around a store that nothing may touch. */
export const plantCanaries = (dir: string): void => {
  for (const name of canaries) {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), `${name} is nobody's business\n`);
  }
};

/** Everything in and around a store named `store` that no refusal may change. */
export const surroundingsOf = (dir: string): Readonly<Record<string, string>> =>
  fingerprint(dir, relative => own.test(relative));

/** The places above a folder where a path with `..` would leave a file of one of these names. */
export const escapees = (dir: string, names: readonly string[]): string[] => {
  const above = path.dirname(dir);
  const here = names.map(name => path.join(above, name)).filter(place => existsSync(place));
  return above === dir ? here : [...here, ...escapees(above, names)];
};

const endingOf = async (world: World): Promise<Ending> => {
  try {
    const check = await world.check();
    if (check.kind !== 'available' && check.kind !== 'adoptable') return check;
    return { kind: 'staged', version: (await world.finish(check)).version };
  } catch (error) {
    return { kind: 'failed', failure: failureOf(error) };
  }
};

/** A failure that is typed and whose blame a registry can deserve: registry, download or package. */
export const expectBlamed = (failure: Failure, why: string): void => {
  expect(['registry', 'download', 'package'], `${why}: ${failure.code} ${failure.message}`).toContain(
    blameByCode[failure.code],
  );
  expect(failure.message.length, why).toBeLessThanOrEqual(1000);
  expect(/[\p{Cc}\p{Cf}]/u.test(failure.message), `${why}: ${JSON.stringify(failure.message)}`).toBe(false);
};

export const besiege = async (options: Partial<StagingOptions> = {}): Promise<Siege> => {
  const world = await newWorld(options);
  const dir = path.dirname(world.root);
  plantCanaries(dir);
  world.registry.publish(runtime('1.1.0'));
  await world.stage();
  const state = () => surroundingsOf(dir);
  const before = state();
  return {
    world,
    state,
    update: (other = world) => endingOf(other),
    expectUntouched: why => expect(state(), why).toEqual(before),
  };
};
