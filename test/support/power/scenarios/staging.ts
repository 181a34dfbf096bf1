import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import type { Recorder } from '../recording.ts';
import { newPointerIsThere, pointedIsThere, wholeOrAbsent, wholeOrDamagedBefore } from '../rules.ts';
import type { Scenario } from '../scenario.ts';
import { emptyWorld, type PowerWorld, stockedWorld, storePlace, treeOf } from '../world.ts';
import { damage, withNewest } from './prepared.ts';

/** As above with the pointer of before: what a run leaves that could not write it. */
const withFinishedFolder = async (): Promise<PowerWorld> => {
  const world = await stockedWorld();
  const pointer = readFileSync(world.layout.current);
  await world.stage(fs);
  writeFileSync(world.layout.current, pointer);
  return world;
};

export const staging: readonly Scenario[] = [
  {
    name: 'stage',
    prepare: stockedWorld,
    before: ['1.1.0'],
    rules: [pointedIsThere, wholeOrAbsent('1.1.0', '1.2.0')],
    run: async (world, { fs: port, report }) => {
      if (await world.stage(port)) report('1.2.0 is staged', ['1.2.0']);
    },
  },
  {
    name: 'first stage of all',
    prepare: async () => {
      const world = await emptyWorld();
      world.publish('1.2.0');
      return world;
    },
    before: ['bundled'],
    rules: [pointedIsThere, wholeOrAbsent('1.2.0')],
    run: async (world, { fs: port, report }) => {
      if (await world.stage(port)) report('1.2.0 is staged', ['1.2.0']);
    },
  },
  restaging(),
  {
    name: 'adopt',
    prepare: withFinishedFolder,
    before: ['1.1.0'],
    rules: [pointedIsThere, wholeOrAbsent('1.1.0', '1.2.0')],
    run: async (world, { fs: port, report }) => {
      if (await world.stage(port)) report('1.2.0 is staged', ['1.2.0']);
    },
  },
  {
    name: 'adopt what a killed run has just renamed',
    prepare: stockedWorld,
    before: ['1.1.0'],
    rules: [pointedIsThere, wholeOrAbsent('1.1.0', '1.2.0')],
    run: async (world, recorder) => {
      await stageUntilKilled(world, recorder);
      await world.stage(recorder.fs);
      recorder.report('1.2.0 is staged', ['1.2.0']);
    },
  },
];

/** The pointer names 1.2.0, whose entry is damaged: it is set aside and staged anew. */
function restaging(): Scenario {
  let oldTree = '';
  return {
    name: 'stage a damaged version anew',
    prepare: async () => {
      const world = await withNewest();
      oldTree = treeOf(world.layout, '1.2.0');
      damage(world, 'cli.js');
      return world;
    },
    before: ['1.1.0'],
    rules: [
      newPointerIsThere(() => oldTree),
      wholeOrAbsent('1.1.0'),
      wholeOrDamagedBefore('1.2.0', 'cli.js', () => oldTree),
    ],
    run: async (world, { fs: port, report }) => {
      if (await world.stage(port)) report('1.2.0 is staged', ['1.2.0']);
    },
  };
}

/** Killed between the rename of the folder and its flush: nothing of that process happens any more. */
const stageUntilKilled = async (world: PowerWorld, { through }: Recorder): Promise<void> => {
  let killed = false;
  const port = through(({ call }, place, proceed) => {
    killed ||=
      call === 'fsync' && place === `${storePlace}/versions` && existsSync(world.layout.version('1.2.0'));
    if (killed) throw new Error('killed');
    return proceed();
  });
  await world.stage(port).catch(() => 'it was killed');
  if (!killed) throw new Error('the run was not killed');
};
