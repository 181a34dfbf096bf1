import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { defaultLaunchInput, type LaunchInput } from '#machines/launch.js';
import { readBadVersions } from '#src/store/bad-versions.js';
import {
  type AppWorld,
  answer,
  fs,
  newLauncher,
  newWorld,
  next,
  nextAddress,
  record,
  stage,
  trust,
} from '../support/app-world.ts';
import { isFull, ran } from '../support/proof/run.ts';
import { type Animal, zoo } from '../support/zoo/animals.ts';
import { keepFor, survivorsOf } from '../support/zoo/keep.ts';

const good = '1.1.0';
const tried = '1.2.0';
const probeTimeout = 1500;
const input: LaunchInput = { ...defaultLaunchInput, restartBaseMs: 10, restartCapMs: 40 };

const blamed = ({ layout }: AppWorld): string[] =>
  readBadVersions(fs, layout).flatMap(({ version, strikes }) => (strikes >= 2 ? [version] : []));

/** One launch from its start to its end: what was started in it, and who ran at last and answered. */
const launch = async (world: AppWorld, { fate, mute }: Animal, options: object) => {
  const launcher = newLauncher(world, { probeTimeout, ...options }, input);
  const starting = record(launcher, 'runtime:starting');
  const ready = record(launcher, 'runtime:ready');
  const left = fate === 'left after it was ready' && blamed(world).length === 0;
  const over = left ? next(launcher, 'runtime:rolled-back') : null;
  let address = nextAddress(launcher);
  launcher.on('runtime:starting', () => {
    address = nextAddress(launcher);
  });
  const judged = next(launcher, 'runtime:judged');
  await launcher.start();
  await over;
  // A quit in the middle of a verdict leaves it to the next launch.
  if (starting.length > 1) await judged;
  const running = ready.at(-1)?.event;
  if (mute !== true || running?.version !== tried) {
    expect(await answer(await address)).toMatchObject({ version: running?.version, pid: running?.pid });
  }
  await launcher.stop();
  return { running: running?.version, started: starting.map(({ event }) => event.version) };
};

/** As often as it is tried, and once more. */
const visit = async (animal: Animal) => {
  const world = newWorld();
  const keep = await keepFor(world);
  await trust(world, good);
  await stage(world, tried, animal.source(keep));
  const launches: Awaited<ReturnType<typeof launch>>[] = [];
  while (launches.length <= animal.tries) {
    launches.push(await launch(world, animal, animal.probe?.(keep) ?? {}));
  }
  if (process.platform === 'linux') expect(survivorsOf(world)).toEqual([]);
  return { world, launches };
};

const shown = zoo.filter(({ slow }) => isFull || slow !== true);
const later = zoo.length - shown.length;
if (later > 0) console.log(`skipped: ${later} of ${zoo.length} runtimes let deadlines pass: a full run`);

describe('the zoo', () => {
  for (const animal of shown.filter(({ fate }) => fate !== 'runs')) {
    test(`P-27, P-29: a version that ${animal.name} is left for good, and the version before it answers`, async () => {
      const { world, launches } = await visit(animal);
      const [last, ...before] = launches.toReversed();
      expect(last).toEqual({ running: good, started: [good] });
      expect(before[0]?.running).toBe(good);
      expect(before.map(({ started }) => started[0])).toEqual(before.map(() => tried));
      expect(blamed(world)).toEqual([tried]);
      expect(existsSync(world.layout.version(tried))).toBe(false);
    });
  }

  for (const animal of shown.filter(({ fate }) => fate === 'runs')) {
    test(`P-26, P-31: a version that ${animal.name} runs, is not blamed, and ends with all that it began`, async () => {
      const { world, launches } = await visit(animal);
      expect(launches).toEqual(launches.map(() => ({ running: tried, started: [tried] })));
      expect(readBadVersions(fs, world.layout)).toEqual([]);
    });
  }

  test('P-27: the zoo has at least fifteen kinds', ({ task }) => {
    expect(new Set(zoo.map(({ name }) => name)).size).toBeGreaterThanOrEqual(15);
    ran({ task }, shown.length, 'misbehaving runtimes');
  });
});
