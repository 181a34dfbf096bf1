import { expect, test } from 'vitest';
import { isAlive } from '#src/process/identity.js';
import { readAttempts } from '#src/store/attempts.js';
import { readBadVersions } from '#src/store/bad-versions.js';
import type { RuntimeSource } from '#src/testing/index.js';
import { type AppWorld, fs } from '../support/app-world.ts';
import { diceFor } from '../support/kills/dice.ts';
import {
  abandonedAttempts,
  deafFamily,
  deafProgram,
  expectMarkFirst,
  launchWorld,
  marked,
} from '../support/kills/launch-kills.ts';
import { endMarked, leftAlive } from '../support/kills/marked-processes.ts';
import { killAt, momentIn, momentText, type Timeline, timelineUntil } from '../support/kills/moments.ts';
import { expectTidy, startForReal } from '../support/kills/next-start.ts';
import { cleanEnvironment, startVictim } from '../support/kills/victim.ts';
import { isFull, ran, share } from '../support/proof/run.ts';

type Behaviour = { readonly name: string; readonly source: Omit<RuntimeSource, 'name' | 'version'> };

const behaviours: readonly Behaviour[] = [
  { name: 'serves', source: {} },
  { name: 'dies at start', source: { behaviour: 'dies-at-start' } },
  { name: 'starts slowly', source: { behaviour: 'starts-slowly', afterMs: 120 } },
  { name: 'ignores the end of its shell', source: { files: { 'cli.js': deafProgram } } },
  { name: 'leaves a helper', source: { files: { 'cli.js': deafFamily } } },
];

const deathsPerStore = 3;

const isRunning = (at: string): boolean => at.startsWith('alive.healthy.running');

/** How a launch of that behaviour goes, with the work behind it. */
const measure = async ({ source }: Behaviour): Promise<Timeline> => {
  const { world, mark } = marked(await launchWorld(source));
  try {
    const shell = startVictim('shell', world.options);
    return await timelineUntil(shell, isRunning, 25);
  } finally {
    endMarked(mark);
  }
};

/** Strikes by the rule: one for each attempt whose shell died in it. */
const countStrikes = (attempts: ReadonlyMap<string, string>): Map<string, number> => {
  const strikes = new Map<string, number>();
  for (const version of attempts.values()) strikes.set(version, (strikes.get(version) ?? 0) + 1);
  return strikes;
};

/** What the next start must launch: the newest that is not bad, and does not die at once. */
const expectedVersion = (strikes: ReadonlyMap<string, number>, alwaysBad: readonly string[]): string =>
  ['1.2.0', '1.1.0'].find(version => (strikes.get(version) ?? 0) < 2 && !alwaysBad.includes(version)) ??
  '1.0.0';

const noteAbandoned = (world: AppWorld, attempts: Map<string, string>): void => {
  for (const { id, role, version } of abandonedAttempts(world)) {
    if (role !== 'bundled') attempts.set(id, version);
  }
};

const marksOf = ({ layout }: AppWorld): Record<string, number> =>
  Object.fromEntries(readBadVersions(fs, layout).map(({ version, strikes }) => [version, strikes]));

test('P-30, P-26, L-06: shells killed at random moments leave no runtime, and a strike only for an attempt they died in', async ({
  task,
}) => {
  const dice = diceFor('shells');
  const stores = share(2, 40);
  let killed = 0;
  const timelines = new Map<Behaviour, Timeline>();
  for (let store = 0; store < stores; store += 1) {
    const behaviour = (isFull ? behaviours[store % behaviours.length] : null) ?? dice.pick(behaviours);
    const timeline = timelines.get(behaviour) ?? (await measure(behaviour));
    timelines.set(behaviour, timeline);
    const dies = behaviour.name === 'dies at start';
    const { world, mark } = marked(await launchWorld(behaviour.source));
    const attempts = new Map<string, string>();
    const deaths: string[] = [];
    try {
      for (let death = 1; death <= share(2, deathsPerStore); death += 1) {
        const moment = momentIn(timeline, dice);
        deaths.push(momentText(moment));
        killed += (await killAt(startVictim('shell', world.options), moment, isRunning)) ? 1 : 0;
        noteAbandoned(world, attempts);
        expectMarkFirst(world, '1.2.0', `store ${store}, ${behaviour.name}: ${deaths.join(', ')}`);
      }
      const situation = `store ${store}, ${behaviour.name}: ${deaths.join(', ')}`;
      const strikes = countStrikes(attempts);
      const started = await startForReal({
        ...world,
        options: { ...world.options, env: cleanEnvironment() },
      });
      expect(started, situation).toBe(expectedVersion(strikes, dies ? ['1.2.0'] : []));
      if (dies) strikes.set('1.2.0', Math.max(2, strikes.get('1.2.0') ?? 0));
      expect(marksOf(world), situation).toEqual(Object.fromEntries(strikes));
      expect(await leftAlive(mark), situation).toEqual([]);
      const open = readAttempts(fs, world.layout).filter(
        ({ state, shell }) => state === 'open' && !isAlive(shell),
      );
      expect(open, situation).toEqual([]);
      await expectTidy(world, situation);
    } finally {
      endMarked(mark);
    }
  }
  expect(killed).toBe(stores * share(2, deathsPerStore));
  ran({ task }, killed, 'real kills');
});
