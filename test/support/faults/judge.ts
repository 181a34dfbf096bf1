import { makeDead } from './dead-writer.ts';
import { fingerprint } from './fingerprint.ts';
import { expectGood, expectPointerGood, expectTidy, expectUpdate, nextStart } from './next-start.ts';
import type { Scenario } from './scenarios.ts';
import type { World } from './store-world.ts';

/** Looks at what the next start makes of a store; the same state is looked at once. */
export type Judge = {
  readonly judge: (world: World, situation: string) => Promise<void>;
  /** Different states so far. */
  readonly states: () => number;
};

const why = (situation: string) => (error: unknown) => {
  throw new Error(situation, { cause: error });
};

export const judgeOf = (scenario: Scenario): Judge => {
  const seen = new Set<string>();
  const judge = async (world: World, situation: string): Promise<void> => {
    if (scenario.begins !== 'damaged') expectPointerGood(world, situation);
    makeDead(world.layout);
    const state = fingerprint(world.layout);
    if (seen.has(state)) return;
    seen.add(state);
    const candidate = await nextStart(world).catch(why(`${situation}: the next start`));
    expectGood(world, candidate, scenario, situation);
    await expectTidy(world, situation);
    await expectUpdate(world, scenario, situation).catch(why(`${situation}: the next update`));
  };
  return { judge, states: () => seen.size };
};
