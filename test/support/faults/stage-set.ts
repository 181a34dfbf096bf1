import { afterAll } from 'vitest';
import type { CommitInput } from '#machines/contract.js';
import {
  type FaultyFileSystem,
  type FileOperation,
  faultyFileSystem,
  startRegistry,
} from '#src/testing/index.js';
import { packed } from './contents.ts';
import { preparations } from './preparations.ts';
import { type Scenario, type ScenarioName, scenarios } from './scenarios.ts';
import { copyOf, discard, emptyWorld, through, type World } from './store-world.ts';

/** A scenario with the disk that it begins with. */
export type Set = {
  readonly name: ScenarioName;
  readonly scenario: Scenario;
  readonly template: World;
  /** The operations of a run that nothing disturbs. */
  readonly operations: readonly FileOperation[];
  /** Runs it on a copy of its disk through a port that faults as told; `look` sees the copy afterwards. */
  readonly play: (
    faults: (port: FaultyFileSystem) => void,
    look: (played: Played) => Promise<void>,
  ) => Promise<void>;
};

export type Played = {
  readonly world: World;
  readonly port: FaultyFileSystem;
  readonly outcome: { readonly value: unknown } | { readonly error: unknown };
};

const ends: (() => Promise<void> | void)[] = [];
afterAll(async () => {
  for (const end of ends.splice(0)) await end();
});

type Prepared = { readonly template: World; readonly input: CommitInput | undefined };

const prepared = new Map<string, Promise<Prepared>>();

/** Makes a store through the real pipeline, and the registry that has the newest version. */
const makeStore = async ({ begins, newest }: Scenario): Promise<Prepared> => {
  const registry = await startRegistry();
  const template = emptyWorld(registry.url);
  ends.push(
    () => registry.close(),
    () => discard(template),
  );
  const publish = (version: string): void => registry.publish(packed(version));
  const input = (await preparations[begins](template, publish)) ?? undefined;
  publish(newest);
  return { template, input };
};

/** The store of a scenario, made once for all that begin with it, and how to run it there. */
export const prepare = async (name: ScenarioName): Promise<Set> => {
  const scenario: Scenario = scenarios[name];
  const key = `${scenario.begins} ${scenario.newest}`;
  const store = prepared.get(key) ?? makeStore(scenario);
  prepared.set(key, store);
  const { template, input } = await store;

  const play: Set['play'] = async (faults, look) => {
    const world = copyOf(template);
    const port = faultyFileSystem();
    faults(port);
    try {
      const outcome = await scenario.run(through(world, port.fs), input).then(
        value => ({ value }),
        (error: unknown) => ({ error }),
      );
      await look({ world, port, outcome });
    } finally {
      discard(world);
    }
  };
  let operations: readonly FileOperation[] = [];
  await play(
    () => undefined,
    async ({ port, outcome }) => {
      if ('error' in outcome) throw new Error(`${name} fails by itself`, { cause: outcome.error });
      operations = port.operations;
    },
  );
  return { name, scenario, template, operations, play };
};
