import path from 'node:path';
import { lookAtTree } from '#src/natives/trees/find.js';
import { type Layout, storeLayout } from '#src/store/layout.js';
import { temporaryFolder } from '../folder.ts';
import { bytesOf } from '../power/contents.ts';
import { picksOf, viewAfterCut } from '../power/crash.ts';
import type { Disk } from '../power/disk.ts';
import { type Operation, spell } from '../power/operation.ts';
import { apply } from '../power/performing.ts';
import { diskOf, recorder } from '../power/recording.ts';
import { fileAt, find, treeKey, type View } from '../power/view.ts';
import { viewFileSystem } from '../power/view-file-system.ts';
import { storePlace } from '../power/world.ts';
import { wantedFiles } from './contents.ts';
import { install, stamp, tag } from './installation.ts';

export type TreeRecording = {
  readonly base: string;
  readonly layout: Layout;
  readonly disk: Disk;
  readonly operations: readonly Operation[];
};

/** An installation on the real disk, as operations; it ends with a report that the tree is there. */
export const recordInstallation = async (
  before: (layout: Layout) => Promise<void>,
): Promise<TreeRecording> => {
  const base = temporaryFolder('stagedoor-tree-power');
  const layout = storeLayout(path.join(base, storePlace));
  await before(layout);
  const disk = diskOf(base, []);
  const { fs, operations, report } = recorder(base, []);
  await install(fs, layout);
  report('the tree is there');
  return { base, layout, disk, operations: [...operations] };
};

/** What a start makes of a tree after a cut, by our own reading code. */
const foundIn = async ({ base, layout }: TreeRecording, view: View): Promise<'whole' | 'none' | 'torn'> => {
  const look = await lookAtTree(viewFileSystem(view, base), layout, { tag, stamp }, 'launch');
  if (look.kind !== 'whole') return 'none';
  const dir = `${storePlace}/versions/${stamp}`;
  const isSame = ([place, bytes]: [string, Buffer]): boolean => {
    const file = fileAt(view, `${dir}/${place}`);
    return file !== undefined && bytesOf(file.content).equals(bytes);
  };
  return [...wantedFiles()].every(isSame) ? 'whole' : 'torn';
};

export type TreeExploration = { readonly states: number; readonly broken: readonly string[] };

/** All that a cut after each operation may leave: whole or none, and whole once that was reported. */
export const exploreTrees = async (
  recording: TreeRecording,
  { perPrefix, seed, enough }: { readonly perPrefix: number; readonly seed: number; readonly enough: number },
  operations: readonly Operation[] = recording.operations,
): Promise<TreeExploration> => {
  const disk = recording.disk.copy();
  const known = new Map<string, 'whole' | 'none' | 'torn'>();
  const broken: string[] = [];
  let states = 0;
  let owed = false;
  for (const [at, operation] of operations.entries()) {
    apply(disk, operation);
    owed ||= operation.kind === 'report';
    const { pending } = disk;
    for (const pick of picksOf(pending, perPrefix, seed + at)) {
      states += 1;
      const view = viewAfterCut(disk, pending, pick);
      const inode = find(view, `${storePlace}/versions/${stamp}`);
      const key = inode === undefined ? '' : treeKey(view, inode);
      const found = known.get(key) ?? (await foundIn(recording, view));
      known.set(key, found);
      if (found === 'whole' || (found === 'none' && !owed)) continue;
      broken.push(`${found} after operation ${at + 1} (${spell(operation)})`);
      if (broken.length >= enough) return { states, broken };
    }
  }
  return { states, broken };
};
