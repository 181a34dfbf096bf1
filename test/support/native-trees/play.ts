import { existsSync, readdirSync } from 'node:fs';
import { expect } from 'vitest';
import { nodeFileSystem } from '#src/store/file-system.js';
import { orphanedScratch, orphanedTemporaries } from '#src/store/scratch.js';
import { type FaultyFileSystem, type FileOperation, faultyFileSystem } from '#src/testing/index.js';
import { makeDead } from '../faults/dead-writer.ts';
import { type TreeProgram, type TreeProgramName, treePrograms } from './programs.ts';
import {
  copyOf,
  differenceOf,
  discard,
  emptyWorld,
  ensure,
  find,
  stampFor,
  type TreeWorld,
} from './tree-world.ts';

export type TreeOutcome = { readonly value: unknown } | { readonly error: unknown };

export type TreePlay = {
  readonly program: TreeProgram;
  /** The operations of a run that nothing disturbs. */
  readonly operations: readonly FileOperation[];
  readonly play: (
    faults: (port: FaultyFileSystem) => void,
    look: (world: TreeWorld, outcome: TreeOutcome, port: FaultyFileSystem) => Promise<void>,
  ) => Promise<void>;
  readonly end: () => void;
};

/** A program with the disk that it begins with; it is run on copies of it. */
export const prepareTrees = async (name: TreeProgramName): Promise<TreePlay> => {
  const program: TreeProgram = treePrograms[name];
  const template = emptyWorld();
  await program.prepare(template);
  const play: TreePlay['play'] = async (faults, look) => {
    const world = copyOf(template);
    const port = faultyFileSystem();
    faults(port);
    try {
      const outcome = await program.run(port.fs, world).then(
        value => ({ value }),
        (error: unknown) => ({ error }),
      );
      await look(world, outcome, port);
    } finally {
      discard(world);
    }
  };
  let operations: readonly FileOperation[] = [];
  await play(
    () => undefined,
    async (_, outcome, port) => {
      if ('error' in outcome) throw new Error(`${name} fails by itself`, { cause: outcome.error });
      operations = port.operations;
    },
  );
  return { program, operations, play, end: () => discard(template) };
};

/**
 * What every process that comes next may rely on: a tree that is found is whole to the byte, what is not found can be installed,
 * and nothing of the crash is left.
 */
export const judgeTrees = async (
  world: TreeWorld,
  { keepsOld }: TreeProgram,
  situation: string,
): Promise<void> => {
  const { layout } = world;
  makeDead(layout);
  for (const version of ['1.0.0', '2.0.0']) {
    const found = await find(nodeFileSystem, world, version);
    if (found !== null) expect(differenceOf(world, version), `${situation}: ${version}`).toBeNull();
    if (keepsOld && version === '1.0.0') expect(found, situation).not.toBeNull();
  }
  await ensure(world, '2.0.0');
  expect(differenceOf(world, '2.0.0'), situation).toBeNull();
  // Whoever found it need not have swept: the next one who installs does.
  await ensure(world, '3.0.0');
  expect(orphanedScratch(nodeFileSystem, layout), situation).toEqual([]);
  expect(orphanedTemporaries(nodeFileSystem, layout), situation).toEqual([]);
  expect(existsSync(layout.trash) ? readdirSync(layout.trash) : [], situation).toEqual([]);
  const known = ['1.0.0', '2.0.0', '3.0.0'].map(stampFor);
  expect(known, situation).toEqual(expect.arrayContaining(readdirSync(layout.versions)));
};
