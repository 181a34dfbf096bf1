import { expect, test } from 'vitest';
import { blameByCode } from '#machines/failure.js';
import type { AppWorld } from '../support/app-world.ts';
import { diceFor } from '../support/kills/dice.ts';
import { preparedWorld, publish } from '../support/kills/kill-world.ts';
import { marked } from '../support/kills/launch-kills.ts';
import { endMarked, leftAlive } from '../support/kills/marked-processes.ts';
import { expectIntact, expectTidy, startForReal } from '../support/kills/next-start.ts';
import { watchStore } from '../support/kills/store-watch.ts';
import { cleanEnvironment, type Line, startVictim } from '../support/kills/victim.ts';
import { registryForTest } from '../support/loopback.ts';
import { ran, seed, share } from '../support/proof/run.ts';

const users = share(3, 8);
const turns = share(10, 500);
const turnsToKill = share(6, 40);
const versions = share(3, 12);

type Work = { kills: number; readonly lines: Line[] };

/** An answer of the spec: an outcome, or a failure whose code blames neither a version nor a defect of ours. */
const expectTyped = (line: Line, situation: string): void => {
  const { error, damage } = line;
  expect(damage, `${situation}: P-12, while it ran`).toBeUndefined();
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  if (error !== undefined) expect(Object.keys(blameByCode), situation).toContain(code);
  expect(
    ['INTERNAL', 'PACKAGE_INVALID', 'PACKAGE_UNSAFE'],
    `${situation}: ${JSON.stringify(line)}`,
  ).not.toContain(code);
};

/** One user of the store with all its turns; it is killed now and then and goes on in a new process. */
const useStore = async (world: AppWorld, name: string, work: Work): Promise<void> => {
  const dice = diceFor(name);
  const env = { STAGEDOOR_SEED: String(seed) };
  for (let from = 0; from < turns; ) {
    const user = startVictim('store-user', { options: world.options, name, from, to: turns }, { env });
    const last = from + dice.below(2 * turnsToKill);
    await user.says(({ turn }) => turn === last);
    await Promise.race([user.ended, new Promise(resolve => setTimeout(resolve, dice.below(30)))]);
    const killed = await user.kill();
    work.kills += killed ? 1 : 0;
    for (const { line } of user.said) expectTyped(line, `${name}, turn ${line.turn}`);
    work.lines.push(...user.said.map(({ line }) => line));
    expect(user.stderr(), `${name} after turn ${user.said.at(-1)?.line.turn}`).toBe('');
    const done = user.said.at(-1)?.line.turn;
    // What it was killed in counts as done.
    from = typeof done === 'number' ? done + (killed ? 2 : 1) : from + 1;
  }
};

test('P-12, P-32: processes that work on one store at once, and are killed meanwhile, can’t damage it', async ({
  task,
}) => {
  const registry = await registryForTest();
  publish(registry, '1.1.0');
  const { world, mark } = marked(await preparedWorld(registry));
  const work: Work = { kills: 0, lines: [] };
  let published = 1;
  let working = users;
  const names = Array.from({ length: users }, (_, index) => `user ${index + 1}`);
  const watched = watchStore(world, () => {
    const due = 2 + Math.floor((work.lines.length * versions) / (users * turns));
    for (; published < due; published += 1) publish(registry, `1.${published + 1}.0`);
    return working === 0;
  });
  try {
    await Promise.all([
      watched,
      ...names.map(async name => {
        await useStore(world, name, work);
        working -= 1;
      }),
    ]);
    await startForReal({ ...world, options: { ...world.options, env: cleanEnvironment() } });
    expect(await leftAlive(mark)).toEqual([]);
  } finally {
    working = 0;
    endMarked(mark);
  }
  await expectTidy(world, 'after the last start');
  await expectIntact(world, 'after the last start');
  ran({ task }, work.kills, 'real kills');
  ran({ task }, work.lines.length, 'operations');
  ran({ task }, await watched, 'looks at the store');
});
