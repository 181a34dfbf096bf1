import { stampName } from '#src/natives/tree-place.js';
import { lookAtTree } from '#src/natives/trees/find.js';
import { treeListName } from '#src/store/layout.js';
import { bytesOf } from '../power/contents.ts';
import { picksOf, viewAfterCut } from '../power/crash.ts';
import { type Operation, spell } from '../power/operation.ts';
import { apply } from '../power/performing.ts';
import { diskOf, recorder } from '../power/recording.ts';
import { find as findIn, fingerprint, type View, walk } from '../power/view.ts';
import { viewFileSystem } from '../power/view-file-system.ts';
import type { TreeProgram } from './programs.ts';
import { discard, emptyWorld, expectedFiles, stampFor, type TreeWorld, tag } from './tree-world.ts';

export type TreesExplored = {
  /** Moments of a program with what a cut may leave of them. */
  readonly states: number;
  readonly distinct: number;
  readonly broken: readonly string[];
};

const placeOf = (version: string): string => `runtime/${tag}/versions/${stampFor(version)}`;

/** Every byte as it was published, read without any of our code; null: whole. */
const differenceIn = (view: View, version: string): string | null => {
  const root = findIn(view, placeOf(version));
  if (root === undefined) return 'there is no folder';
  const wanted = new Map(expectedFiles(version));
  for (const [place, inode] of walk(view, root)) {
    const file = view.file(inode);
    if (file === undefined || place === treeListName || place === stampName) continue;
    if (wanted.get(place)?.equals(bytesOf(file.content)) !== true) return `${place} has other bytes`;
    wanted.delete(place);
  }
  return wanted.size === 0 ? null : `${[...wanted.keys()][0]} is missing`;
};

/** What our own reading code makes of the disk after a cut, against the bytes themselves; null: as promised. */
const complaintAbout = async (
  { base, layout }: TreeWorld,
  view: View,
  promised: readonly string[],
): Promise<string | null> => {
  const fs = viewFileSystem(view, base);
  for (const version of ['1.0.0', '2.0.0']) {
    const look = await lookAtTree(fs, layout, { tag, stamp: stampFor(version) }, 'launch');
    const difference = look.kind === 'whole' ? differenceIn(view, version) : null;
    if (difference !== null) return `P-01: ${version} is taken for whole, and ${difference}`;
    if (look.kind !== 'whole' && promised.includes(version))
      return `P-02: ${version} was told to be there, and is ${look.kind}`;
  }
  return null;
};

const wordsOf = (operation: Operation | null): string =>
  operation === null ? 'before it begins' : `after ${spell(operation)}`;

const answersOf = (world: TreeWorld) => {
  const known = new Map<string, string | null>();
  return async (view: View, promised: readonly string[]): Promise<string | null> => {
    const key = `${fingerprint(view, placeOf('1.0.0'))} ${fingerprint(view, placeOf('2.0.0'))} ${promised.join()}`;
    const before = known.get(key);
    const answer = before === undefined ? await complaintAbout(world, view, promised) : before;
    known.set(key, answer);
    return answer;
  };
};

/** Records a program on the real disk, then asks of everything that a cut of the power may leave in any moment of it. */
export const exploreTrees = async (
  program: TreeProgram,
  {
    perPrefix,
    seed,
    mutate = operations => operations,
  }: {
    readonly perPrefix: number;
    readonly seed: number;
    readonly mutate?: (operations: readonly Operation[]) => readonly Operation[];
  },
): Promise<TreesExplored> => {
  const world = emptyWorld();
  try {
    await program.prepare(world);
    const disk = diskOf(world.base, []);
    const recording = recorder(world.base, []);
    await program.run(recording.fs, world);
    recording.report('it is done');
    const complain = answersOf(world);
    const different = new Set<number>();
    const broken: string[] = [];
    let [states, at] = [0, 0];
    let promised = program.keepsOld ? ['1.0.0'] : [];
    for (const operation of [null, ...mutate(recording.operations)]) {
      if (operation?.kind === 'report') promised = [...promised, ...program.gives];
      else if (operation !== null) apply(disk, operation);
      const pending = disk.pending;
      for (const pick of picksOf(pending, perPrefix, seed + at)) {
        states += 1;
        const view = viewAfterCut(disk, pending, pick);
        different.add(fingerprint(view, `runtime/${tag}`));
        const why = await complain(view, promised);
        if (why !== null) broken.push(`${why}, cut ${wordsOf(operation)}`);
        if (broken.length >= 3) return { states, distinct: different.size, broken };
      }
      at += 1;
    }
    return { states, distinct: different.size, broken };
  } finally {
    discard(world);
  }
};
