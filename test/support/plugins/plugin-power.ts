import path from 'node:path';
import { installedPlugins } from '#src/plugins/installed.js';
import { lookAtPlugin } from '#src/plugins/tree-look.js';
import type { FileSystem } from '#src/store/file-system.js';
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
import { offerOf } from './offers.ts';
import { layoutIn, name, type Program, programs } from './plugin-set.ts';
import { treeFiles } from './provider.ts';

export type PluginRecording = {
  readonly base: string;
  readonly store: string;
  readonly disk: Disk;
  readonly operations: readonly Operation[];
};

/** A program on the real disk, as operations; it ends with a report that it is done. */
export const recordProgram = async (program: Program): Promise<PluginRecording> => {
  const base = temporaryFolder('stagedoor-plugin-power');
  const store = path.join(base, storePlace);
  const { before, run } = programs[program];
  await before(store);
  const disk = diskOf(base, []);
  const { fs, operations, report } = recorder(base, []);
  await run(fs, store);
  report('it is done');
  return { base, store, disk, operations: [...operations] };
};

const pluginPlace = ({ base, store }: PluginRecording): string =>
  path.relative(base, layoutIn(store).root).replaceAll(path.sep, '/');

/** What our own code finds after a cut: a version that is whole, by its own list and by the bytes of the offer; or `none`. */
const foundIn = async (recording: PluginRecording, view: View): Promise<string> => {
  const fs: FileSystem = viewFileSystem(view, recording.base);
  const { plugins, damaged } = installedPlugins(fs, recording.store);
  const [plugin] = plugins;
  if (plugin === undefined) return damaged.length === 0 ? 'none' : `damaged: ${damaged[0]?.reason}`;
  const { layout, stamp, tree, version } = plugin;
  const look = await lookAtPlugin(fs, layout, stamp, tree);
  if (look.kind !== 'whole') return `${version}, ${look.kind === 'damaged' ? look.reason : look.kind}`;
  const dir = `${pluginPlace(recording)}/versions/${stamp}`;
  const isSame = ([place, text]: [string, string]): boolean => {
    const file = fileAt(view, `${dir}/${place}`);
    return file !== undefined && bytesOf(file.content).toString() === text;
  };
  return [...treeFiles(name, offerOf(version))].every(isSame) ? version : `${version}, torn`;
};

export type PluginExploration = { readonly states: number; readonly broken: readonly string[] };
export type Ends = { readonly before: string; readonly after: string };

/** All that a cut after each operation may leave: what was before or what was meant, and this alone once it was reported. */
export const explorePlugin = async (
  recording: PluginRecording,
  { before, after }: Ends,
  { perPrefix, seed, enough }: { readonly perPrefix: number; readonly seed: number; readonly enough: number },
  operations: readonly Operation[] = recording.operations,
): Promise<PluginExploration> => {
  const disk = recording.disk.copy();
  const known = new Map<string, string>();
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
      const inode = find(view, pluginPlace(recording));
      const key = inode === undefined ? '' : treeKey(view, inode);
      const found = known.get(key) ?? (await foundIn(recording, view));
      known.set(key, found);
      if (found === after || (found === before && !owed)) continue;
      broken.push(`${found} after operation ${at + 1} (${spell(operation)})`);
      if (broken.length >= enough) return { states, broken };
    }
  }
  return { states, broken };
};
