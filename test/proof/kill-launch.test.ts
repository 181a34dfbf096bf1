import { expect, test } from 'vitest';
import type { StagedoorOptions } from '#src/index.js';
import { createAttemptBook } from '#src/launching/attempt-book.js';
import { readAttempts } from '#src/store/attempts.js';
import { deadToken } from '../src/store/fresh-store.ts';
import { type AppWorld, fs, put } from '../support/app-world.ts';
import {
  abandonedAttempts,
  deafProgram,
  expectMarkFirst,
  launchWorld,
  marked,
  strikesOf,
} from '../support/kills/launch-kills.ts';
import { endMarked, leftAlive } from '../support/kills/marked-processes.ts';
import { expectTidy, startForReal } from '../support/kills/next-start.ts';
import { killAtOperations, type Scenario } from '../support/kills/operation-kills.ts';
import { cleanEnvironment } from '../support/kills/victim.ts';
import { ran } from '../support/proof/run.ts';

type Marked = { readonly world: AppWorld; readonly mark: string };

const launch = {
  program: 'launch-steps',
  optionsOf: ({ world }: Marked): StagedoorOptions => world.options,
};

/** P-30: what the killed shell has started is gone with the next start, whether it was written down or not. */
const startAfter = async ({ world, mark }: Marked, situation: string): Promise<string> => {
  // The next start is not the killed one: its runtimes bear no mark.
  const options = { ...world.options, env: cleanEnvironment() };
  try {
    const version = await startForReal({ ...world, options });
    expect(await leftAlive(mark), situation).toEqual([]);
    return version;
  } finally {
    endMarked(mark);
  }
};

test('P-30: a runtime that ignores the end of its shell is swept by the next start, whenever the shell was killed', async ({
  task,
}) => {
  const scenario: Scenario<Marked> = {
    ...launch,
    label: 'stubborn runtime',
    prepare: async () => marked(await launchWorld({ files: { 'cli.js': deafProgram } })),
    check: async (killed, situation) => {
      expect(await startAfter(killed, situation), situation).toBe('1.2.0');
    },
  };
  ran({ task }, await killAtOperations(scenario, 1), 'real kills');
});

const strikesAfter = (world: AppWorld): number =>
  strikesOf(world, '1.2.0') + abandonedAttempts(world).filter(({ version }) => version === '1.2.0').length;

test('L-06, P-26: a launch of a bad version killed at each of its operations ends with a mark and without the version', async ({
  task,
}) => {
  const scenario: Scenario<Marked> = {
    ...launch,
    label: 'bad version',
    prepare: async () => marked(await launchWorld({ behaviour: 'dies-at-start' })),
    check: async (killed, situation) => {
      const { world } = killed;
      expectMarkFirst(world, '1.2.0', situation);
      expect(await startAfter(killed, situation), situation).toBe('1.1.0');
      expect(strikesOf(world, '1.2.0'), situation).toBe(2);
      expect(fs.existsSync(world.layout.current), situation).toBe(false);
      await expectTidy(world, situation);
      expect(readAttempts(fs, world.layout).filter(({ state }) => state === 'open')).toEqual([]);
    },
  };
  ran({ task }, await killAtOperations(scenario, 1), 'real kills');
});

test('P-26: a good version whose shell is killed at each operation of its launch has a strike only for an open attempt', async ({
  task,
}) => {
  const scenario: Scenario<Marked> = {
    ...launch,
    label: 'good version',
    prepare: async () => marked(await launchWorld({})),
    check: async (killed, situation) => {
      const { world } = killed;
      const strikes = strikesAfter(world);
      expect(strikes, situation).toBeLessThanOrEqual(1);
      expect(await startAfter(killed, situation), situation).toBe('1.2.0');
      expect(strikesOf(world, '1.2.0'), situation).toBe(strikes);
      await expectTidy(world, situation);
    },
  };
  ran({ task }, await killAtOperations(scenario, 1), 'real kills');
});

test('P-04, P-26: a start that counts the strike of a dead shell and is killed at each operation counts it once', async ({
  task,
}) => {
  const scenario: Scenario<Marked> = {
    ...launch,
    label: 'recovery',
    prepare: async () => {
      const killed = marked(await launchWorld({}));
      const { layout } = killed.world;
      const attempt = await createAttemptBook(fs, layout).open({
        version: '1.2.0',
        role: 'override',
        tree: null,
      });
      put(layout.attempt(attempt.id), JSON.stringify({ schema: 1, ...attempt, shell: await deadToken() }));
      return killed;
    },
    check: async (killed, situation) => {
      const { world } = killed;
      // The launch that was killed may have opened an attempt of its own.
      const attempts = readAttempts(fs, world.layout);
      const own = attempts.length > 1 && attempts.at(-1)?.state === 'open' ? 1 : 0;
      expect(await startAfter(killed, situation), situation).toBe(own === 1 ? '1.1.0' : '1.2.0');
      expect(strikesOf(world, '1.2.0'), situation).toBe(1 + own);
    },
  };
  ran({ task }, await killAtOperations(scenario, 1), 'real kills');
});
