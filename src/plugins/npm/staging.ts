import path from 'node:path';
import type { PluginConflict, PluginPackage } from '../../../machines/contract.ts';
import type { CoreLock } from '../../core-lock/core-lock.ts';
import { byCodeUnits } from '../../core-lock/order.ts';
import { StagedoorError } from '../../failure.ts';
import type { NodeSource } from '../../natives/node-source.ts';
import { placed, unpackArchive } from '../../natives/npm-archive.ts';
import type { Report } from '../../staging/progress.ts';
import { isAsAnnounced } from '../../staging/tarball-proof.ts';
import { executableMode } from '../../staging/tree-writer.ts';
import type { TreeEntry } from '../../store/tree-list.ts';
import type { PluginFolders, StagedPlugin } from '../provider.ts';
import { archiveConflicts } from './archive-fit.ts';
import { archiveFile } from './archives.ts';
import { belongingsOf } from './belonging.ts';
import { carriedPackages, copiesIn, withoutPlaces } from './carried.ts';

type Job = {
  readonly source: NodeSource;
  readonly lock: CoreLock;
  readonly folders: PluginFolders;
  readonly signal: AbortSignal;
  readonly packages: readonly PluginPackage[];
};

type Unpacked = {
  readonly files: readonly TreeEntry[];
  readonly stripped: readonly string[];
  readonly conflicts: readonly PluginConflict[];
};

/** What lies where another package of the plan goes, inside of this one, or where the folders above that one are. */
const inTheWay = (
  { packages }: Job,
  { place }: PluginPackage,
  files: readonly TreeEntry[],
): readonly string[] => {
  const inside = packages
    .filter(other => other.place.startsWith(`${place}/`))
    .map(other => other.place.slice(place.length + 1).toLowerCase());
  return files
    .map(file => file.path)
    .filter(file => {
      const at = file.toLowerCase();
      return inside.some(other => `${at}/`.startsWith(`${other}/`) || other.startsWith(`${at}/`));
    });
};

/** What belongs to the runtime is taken out again, and what is left has to fit it. */
const stripped = (job: Job, owner: PluginPackage, root: string, all: readonly TreeEntry[]): Unpacked => {
  const { fs, limits } = job.source;
  const files = withoutPlaces(fs, { root, files: all }, inTheWay(job, owner, all));
  const carried = carriedPackages(fs, { root, files }, limits);
  const copies = copiesIn({ root, files }, carried, belongingsOf(job.lock));
  const left = withoutPlaces(fs, { root, files }, copies.keys());
  const conflicts = archiveConflicts(fs, { owner, root, files: left, carried }, job.packages, job.lock);
  return { files: left, stripped: [...copies.values()], conflicts };
};

const assertIntact = async (
  job: Job,
  { name, version, integrity }: PluginPackage,
  tarball: string,
): Promise<void> => {
  if (await isAsAnnounced(job.source.fs, tarball, integrity)) return;
  const message = `the tarball of ${name}@${version} has changed since its download`;
  throw new StagedoorError('INTEGRITY_MISMATCH', message);
};

const stageOne = async (job: Job, one: PluginPackage, tarball: string): Promise<Unpacked> => {
  const { source, folders, signal } = job;
  await assertIntact(job, one, tarball);
  const root = path.join(folders.tree, one.place);
  // The archive around it may have held folders there, empty ones too.
  source.fs.rmSync(root, { recursive: true, force: true });
  const all = await unpackArchive(source, { release: one, tarball }, root, signal);
  const { files, ...rest } = stripped(job, one, root, all);
  source.fs.rmSync(tarball);
  return { files: placed(files, one.place), ...rest };
};

/** Unpacks each archive into its place, outer packages first, and leaves out what belongs to the runtime. */
export const stageArchives = async (
  source: NodeSource,
  packages: readonly PluginPackage[],
  lock: CoreLock,
  folders: PluginFolders,
  signal: AbortSignal,
  report: Report,
): Promise<StagedPlugin> => {
  const job: Job = { source, lock, folders, signal, packages };
  source.fs.mkdirSync(path.join(folders.tree, 'node_modules'), { recursive: true, mode: executableMode });
  const order = packages
    .map((one, index) => ({ one, tarball: archiveFile(folders, index) }))
    .sort((a, b) => byCodeUnits(a.one.place, b.one.place));
  const done: Unpacked[] = [];
  for (const [index, { one, tarball }] of order.entries()) {
    report({ phase: 'extracting', bytes: index, total: order.length });
    done.push(await stageOne(job, one, tarball));
  }
  const names = new Set(done.flatMap(one => one.stripped));
  return {
    files: done.flatMap(({ files }) => files),
    stripped: [...names].sort(byCodeUnits),
    conflicts: done.flatMap(({ conflicts }) => conflicts),
  };
};
