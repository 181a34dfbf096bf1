import path from 'node:path';
import { afterStart } from '#src/launching/after-start.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { writePin } from '#src/store/pin.js';
import { forgiveVersion } from '#src/upkeep/forgiving.js';
import { pin, unpin } from '#src/upkeep/pinning.js';
import { rollback } from '#src/upkeep/rollback.js';
import { distrustedBeforeCleared, pointedIsThere, unchangedUnlessMarked, wholeOrAbsent } from '../rules.ts';
import type { Scenario } from '../scenario.ts';
import { mark, put, stockedWorld, treeOf } from '../world.ts';
import { candidateOf, noJournal, trustNewest, withNewest } from './prepared.ts';

/** By hand, away from a pinned and trusted 1.2.0. */
const rollingBack = (name: string, version: string, after: string, rules: Scenario['rules']): Scenario => ({
  name,
  prepare: async () => {
    const world = await withNewest();
    await trustNewest(world);
    await writePin(fs, world.layout, '1.2.0');
    return world;
  },
  before: ['1.2.0'],
  // Between the mark and the rest the trusted version before it serves: a good one, whatever was wished for.
  meanwhile: ['1.1.0'],
  rules: [unchangedUnlessMarked('1.2.0', '1.2.0'), ...rules],
  run: async (world, { fs: port, report }) => {
    const { bundledDir } = world.setup(port);
    const { outcome } = await rollback(port, world.layout, { bundledDir }, { version });
    if (outcome === 'rolled-back') report(`it is rolled back to ${version}`, [after]);
  },
});

export const upkeep: readonly Scenario[] = [
  rollingBack('roll back by hand', '1.1.0', '1.1.0', [pointedIsThere]),
  rollingBack('roll back by hand to the bundled one', '1.0.0', 'bundled', [distrustedBeforeCleared]),
  {
    name: 'pin and unpin',
    prepare: withNewest,
    before: ['1.2.0'],
    rules: [pointedIsThere],
    run: async (world, { fs: port, report }) => {
      const { bundledDir } = world.setup(port);
      await pin(port, world.layout, { bundledDir }, '1.1.0');
      report('1.1.0 is pinned', ['1.1.0']);
      await unpin(port, world.layout);
      report('nothing is pinned', ['1.2.0']);
    },
  },
  {
    name: 'unpin',
    prepare: async () => {
      const world = await withNewest();
      await writePin(fs, world.layout, '1.1.0');
      return world;
    },
    before: ['1.1.0'],
    rules: [pointedIsThere],
    run: async (world, { fs: port, report }) => {
      await unpin(port, world.layout);
      report('nothing is pinned', ['1.2.0']);
    },
  },
  {
    name: 'forgive',
    prepare: async () => {
      const world = await withNewest();
      await mark(world.layout, '1.2.0', 'bad');
      return world;
    },
    before: ['1.1.0'],
    rules: [pointedIsThere],
    run: async (world, { fs: port, report }) => {
      await forgiveVersion(port, world.layout, '1.2.0');
      report('1.2.0 is forgiven', ['1.2.0']);
    },
  },
  {
    name: 'collect',
    prepare: async () => {
      const world = await stockedWorld();
      await world.stage(fs);
      const { layout } = world;
      fs.cpSync(layout.version('1.1.0'), layout.version('1.0.5'), { recursive: true });
      put(path.join(layout.root, 'versions', '1.2.0.partial', '1-0-0-abcdef012345', 'package.tgz'), 'cut');
      put(path.join(layout.root, '.pin.json.1-0-0-abcdef012345.tmp'), 'cut');
      return world;
    },
    before: ['1.2.0'],
    rules: [pointedIsThere, wholeOrAbsent('1.1.0', '1.2.0')],
    run: async (world, { fs: port, report }) => {
      const candidate = candidateOf('1.2.0', treeOf(world.layout, '1.2.0'));
      await afterStart(world.setup(port), candidate, noJournal);
      report('the store is tidy', ['1.2.0']);
    },
  },
];
