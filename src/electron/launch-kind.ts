import { createHash } from 'node:crypto';
import { errnoOf, StagedoorError } from '../failure.ts';
import type { SpawnRuntime } from '../process/runtime-process.ts';
import { neverSpawned, spawnRuntime } from '../process/spawn.ts';
import { writeDurably } from '../store/durable-file.ts';
import type { FileSystem } from '../store/file-system.ts';
import { asRecord, readValue } from '../store/json-shape.ts';
import type { Layout } from '../store/layout.ts';
import type { ElectronParts } from './parts.ts';
import { spawnUtility } from './utility-runtime.ts';

/** What the fuse `runAsNode` of an executable says. */
export type RunAsNode = 'on' | 'off' | 'unknown';
export type ReadFuse = (executable: string) => Promise<RunAsNode>;

type Store = { readonly fs: FileSystem; readonly layout: Layout };

const orNull = <Value>(look: () => Value): Value | null => {
  try {
    return look();
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return null;
  }
};

/** Names this very file without its place, which may move (P-16); null where it can't be seen. */
const markOf = (fs: FileSystem, executable: string): string | null =>
  orNull(() => {
    const real = fs.realpathSync(executable);
    const { size, mtimeMs } = fs.statSync(real);
    return createHash('sha256').update(`${real}\n${size}\n${mtimeMs}`).digest('hex');
  });

/** It only spares reading again: a store that can't be written costs time, never the launch (P-06). */
const keep = async ({ fs, layout }: Store, executable: string, runAsNode: RunAsNode): Promise<void> => {
  try {
    const text = JSON.stringify({ schema: 1, executable, runAsNode });
    await writeDurably(fs, layout.launchKind, `${text}\n`);
  } catch (error) {
    if (!(error instanceof StagedoorError) && errnoOf(error) === undefined) throw error;
  }
};

/**
 * Reads the fuse once for each executable and keeps the answer in the store: it lies somewhere in some hundred megabytes.
 * Trying it out instead would start a second app where the fuse is off.
 */
const readOnce = async (store: Store, executable: string, read: ReadFuse): Promise<RunAsNode> => {
  const mark = markOf(store.fs, executable);
  const known = asRecord(readValue(store.fs, store.layout.launchKind));
  const { runAsNode: told } = known ?? {};
  if (mark !== null && known?.executable === mark && (told === 'on' || told === 'off')) return told;
  const runAsNode = await read(executable);
  // Beside the launch: a scanner that holds the file must not hold up the app.
  if (mark !== null && runAsNode !== 'unknown') void keep(store, mark, runAsNode);
  return runAsNode;
};

const noUtility = (): StagedoorError =>
  new StagedoorError('SPAWN_FAILED', 'the executable does not run as Node: its fuse runAsNode is off', {
    hint: 'Pass utilityProcess to attachStagedoor, or flip the fuse on.',
  });

/**
 * How the shell's own executable runs a runtime: as Node, which gives it all that a child of Node has, or as a utility process
 * where that fuse is off (or nobody can say).
 */
export const spawnInElectron = (
  store: Store,
  { app, utilityProcess }: Pick<ElectronParts, 'app' | 'utilityProcess'>,
  readFuse: ReadFuse,
): SpawnRuntime => {
  let asked: Promise<RunAsNode> | null = null;
  return async spec => {
    if (spec.exec !== process.execPath) return spawnRuntime(spec);
    asked ??= readOnce(store, process.execPath, readFuse);
    const kind = await asked;
    if (kind === 'on') return spawnRuntime(spec);
    if (utilityProcess === undefined) return kind === 'off' ? neverSpawned(noUtility()) : spawnRuntime(spec);
    await app.whenReady();
    return spawnUtility(utilityProcess)(spec);
  };
};
