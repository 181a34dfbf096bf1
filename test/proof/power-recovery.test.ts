import { expect, test } from 'vitest';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { temporaryFolder } from '../support/folder.ts';
import { picksOf, viewAfterCut } from '../support/power/crash.ts';
import { explore } from '../support/power/exploration.ts';
import { factsOf } from '../support/power/facts.ts';
import { materialise } from '../support/power/materialised.ts';
import { spell } from '../support/power/operation.ts';
import { apply } from '../support/power/performing.ts';
import { promisesOf } from '../support/power/promise.ts';
import { randomFrom } from '../support/power/random.ts';
import { diskOf, recorder } from '../support/power/recording.ts';
import { picture, start, tidy } from '../support/power/restart.ts';
import { type Recording, record } from '../support/power/scenario.ts';
import { scenarios } from '../support/power/scenarios.ts';
import { presentView, type View } from '../support/power/view.ts';
import { leftOut, type PowerWorld, worldAt } from '../support/power/world.ts';
import { isFull, ran, seed, share } from '../support/proof/run.ts';

const samples = share(1, 8);
const perPrefix = share(20, 100);

type Cut = { readonly view: View; readonly launch: ReadonlySet<string>; readonly where: string };

/** One crash state of a recording. */
const cutOf = (recording: Recording, random: (below: number) => number): Cut => {
  const { operations, scenario } = recording;
  const at = random(operations.length + 1);
  const disk = recording.disk.copy();
  for (const operation of operations.slice(0, at)) apply(disk, operation);
  const pending = disk.pending;
  let wanted = random(64);
  let view = presentView(disk);
  for (const pick of picksOf(pending, 64, random(2 ** 31))) {
    view = viewAfterCut(disk, pending, pick);
    wanted -= 1;
    if (wanted < 0) break;
  }
  const launch = promisesOf(recording.disk, operations, scenario)[at]?.launch ?? new Set();
  const last = operations[at - 1];
  return {
    view,
    launch,
    where: `${scenario.name}: after operation ${at} (${last === undefined ? 'none' : spell(last)})`,
  };
};

const wholeness = (world: PowerWorld, version: string, expected: Recording['expected']): string => {
  const { folders } = factsOf(presentView(diskOf(world.base, leftOut)), expected);
  return folders.get(version) ?? 'absent';
};

/** The next update: staged, or refused for a mark or a pin that stands. */
const update = async (world: PowerWorld): Promise<string> => {
  const { kind } = await world.staging(fs).check({ origin: 'host' }, new AbortController().signal);
  if (kind === 'available' || kind === 'adoptable') await world.stage(fs);
  return kind;
};

const chosen = scenarios.filter((_, at) => isFull || (at + seed) % 3 === 0);

for (const scenario of chosen) {
  test(`P-02, P-04: ${scenario.name}: recovered after a cut, cut again meanwhile, twice to the same bytes, and updated`, async ({
    task,
  }) => {
    const recording = await record(scenario);
    const random = randomFrom(seed);
    recording.world.publish('1.2.0');
    for (let sample = 0; sample < samples; sample += 1) {
      const { view, launch, where } = cutOf(recording, random);
      const world = worldAt(temporaryFolder('stagedoor-cut'), recording.world.registry);
      materialise(view, world.base);
      const disk = diskOf(world.base, leftOut);
      const recovery = recorder(world.base, leftOut);
      const candidate = await start(world, recovery.fs);
      const again = { ...scenario, name: `${where}, then in the recovery`, before: [...launch], rules: [] };
      const second = { ...recording, scenario: again, world, disk, operations: recovery.operations };
      const { states, broken } = await explore(second, { perPrefix, seed, enough: 1 });
      expect(broken).toEqual([]);
      ran({ task }, states, 'crash states of a recovery');
      const bundled = candidate.version === '1.0.0';
      const whole = bundled || wholeness(world, candidate.version, recording.expected) === 'whole';
      expect(launch, where).toContain(bundled ? 'bundled' : `${candidate.version}${whole ? '' : ' damaged'}`);
      const once = picture(world);
      expect(await start(world), where).toEqual(candidate);
      expect(picture(world), where).toEqual(once);
      expect(await tidy(world, candidate), where).toEqual([]);
      const outcome = await update(world);
      if (outcome === 'available' || outcome === 'adoptable' || outcome === 'alreadyStaged')
        expect(wholeness(world, '1.2.0', recording.expected), `${where}: ${outcome}`).toBe('whole');
      else expect(outcome, where).toMatch(/^(?:badVersion|upToDate)$/);
      await start(world);
      ran({ task }, 1, 'crash states recovered on a real disk');
    }
  });
}
