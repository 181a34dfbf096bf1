import type { FileSystem } from '#src/store/file-system.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import { collect } from '#src/store/retention.js';
import { sweepScratch } from '#src/store/scratch.js';
import { makeDead } from '../faults/dead-writer.ts';
import { abandon, damage, find, install, stampFor, type TreeWorld } from './tree-world.ts';

/** A program over the trees of one ABI. 1.0.0 may be there before, 2.0.0 is what is installed. */
export type TreeProgram = {
  readonly prepare: (world: TreeWorld) => Promise<void>;
  readonly run: (fs: FileSystem, world: TreeWorld) => Promise<unknown>;
  /** 1.0.0 must be whole at any moment. */
  readonly keepsOld: boolean;
  /** What is there for good when it has ended. */
  readonly gives: readonly string[];
};

const withOld = async (world: TreeWorld): Promise<void> => {
  await install(nodeFileSystem, world, '1.0.0');
};

export const treePrograms = {
  'the first install': {
    prepare: async () => undefined,
    run: (fs, world) => install(fs, world, '2.0.0'),
    keepsOld: false,
    gives: ['2.0.0'],
  },
  'an install beside another tree': {
    prepare: withOld,
    run: (fs, world) => install(fs, world, '2.0.0'),
    keepsOld: true,
    gives: ['2.0.0'],
  },
  'an install over what a crash left': {
    prepare: async world => {
      await withOld(world);
      await abandon(world, '2.0.0');
      makeDead(world.layout);
    },
    run: (fs, world) => install(fs, world, '2.0.0'),
    keepsOld: true,
    gives: ['2.0.0'],
  },
  'an install in place of a damaged tree': {
    prepare: async world => {
      await withOld(world);
      await install(nodeFileSystem, world, '2.0.0');
      damage(world, '2.0.0');
    },
    run: async (fs, world) => {
      await find(fs, world, '2.0.0');
      return install(fs, world, '2.0.0');
    },
    keepsOld: true,
    gives: ['2.0.0'],
  },
  'an install of what is there already': {
    prepare: async world => {
      await install(nodeFileSystem, world, '2.0.0');
    },
    run: (fs, world) => install(fs, world, '2.0.0'),
    keepsOld: false,
    gives: ['2.0.0'],
  },
  'a collection': {
    prepare: async world => {
      await withOld(world);
      await install(nodeFileSystem, world, '2.0.0');
    },
    run: async (fs, { layout }) => {
      await sweepScratch(fs, layout);
      return collect(fs, layout, { keep: () => new Set([stampFor('1.0.0')]) });
    },
    keepsOld: true,
    gives: ['1.0.0'],
  },
} as const satisfies Readonly<Record<string, TreeProgram>>;

export type TreeProgramName = keyof typeof treePrograms;
export const treeProgramNames = Object.keys(treePrograms) as TreeProgramName[];
