import path from 'node:path';
import process from 'node:process';
import semverValid from 'semver/functions/valid.js';
import { StagedoorError } from '../failure.ts';
import { abiTag, describeExecutable } from '../process/executable.ts';
import { stagingInProcess } from '../staging/effects.ts';
import { defaultLimits } from '../staging/limits.ts';
import { packageEntry } from '../store/entry.ts';
import type { FileSystem } from '../store/file-system.ts';
import { asRecord, asText, readValue } from '../store/json-shape.ts';
import { storeLayout } from '../store/layout.ts';
import { copyTree } from './bundle-copy.ts';
import type { ProgressState } from './progress.ts';
import { requirePackage, type Settings } from './settings.ts';

/** What one bundling works with. `work` is the folder of its own that is thrown away afterwards. */
export type BundleJob = {
  readonly fs: FileSystem;
  readonly settings: Settings;
  /** The folder of the bundle. */
  readonly dir: string;
  readonly work: string;
  /** A local folder to take the runtime from; null: the registry. */
  readonly from: string | null;
  readonly version: string | undefined;
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly report: (state: ProgressState) => void;
};

/** A runtime that is complete except for shims and tree list. */
export type BundleTree = {
  readonly tree: string;
  readonly version: string;
  readonly integrity: string | null;
  readonly natives: readonly string[];
};

/** Where a native dependency lies: named, else the first `node_modules` that holds it. */
const nativeSources = ({ fs, settings, dir, from, cwd }: BundleJob) =>
  settings.natives.map(native => {
    const places = [...(from === null ? [] : [from]), cwd, dir].map(place =>
      path.join(place, 'node_modules', ...native.name.split('/')),
    );
    const found = native.dir ?? places.find(place => fs.existsSync(place)) ?? places[0] ?? cwd;
    if (fs.existsSync(path.join(found, 'package.json'))) return { name: native.name, dir: found };
    throw new StagedoorError(
      'NATIVE_SOURCE_MISSING',
      `the native dependency ${native.name} is not at ${found}`,
    );
  });

const identity = ({ fs, settings, version }: BundleJob, tree: string): string => {
  const manifest = asRecord(readValue(fs, path.join(tree, 'package.json')));
  const [name, own] = [asText(manifest?.name), semverValid(asText(manifest?.version))];
  if (manifest === null || name !== settings.package || own === null) {
    const found =
      manifest === null ? 'no readable package.json' : `${name ?? 'no name'}@${own ?? 'no version'}`;
    const message = `the folder must hold ${requirePackage(settings)}, and holds ${found}`;
    throw new StagedoorError('PACKAGE_INVALID', message, { hint: 'Check --from and --package.' });
  }
  if (version === undefined || version === own) return own;
  throw new StagedoorError('PACKAGE_INVALID', `the folder holds ${own}, not ${version}`, {
    hint: 'Check --from and --use-version.',
  });
};

/** The runtime as it lies in a folder, with its natives over it. */
export const treeFromFolder = async (job: BundleJob, from: string): Promise<BundleTree> => {
  const { fs, work, signal, report } = job;
  const version = identity(job, from);
  const tree = path.join(work, 'tree');
  const natives = nativeSources(job);
  report({ phase: 'copying', version, bytes: 0, total: null });
  await copyTree(fs, from, tree, signal, [work, ...(from === job.dir ? [] : [job.dir])]);
  for (const { name, dir } of natives) {
    const target = path.join(tree, 'node_modules', ...name.split('/'));
    await fs.promises.rm(target, { recursive: true, force: true });
    await copyTree(fs, dir, target, signal);
  }
  return { tree, version, integrity: null, natives: natives.map(({ name }) => name) };
};

/** The runtime from the registry, staged as an update is, into a store that lives no longer than this. */
export const treeFromRegistry = async (job: BundleJob): Promise<BundleTree> => {
  const { fs, settings, work, signal, version: exactVersion } = job;
  const exec = settings.exec ?? process.execPath;
  const execFacts = await describeExecutable(exec);
  const layout = storeLayout(path.join(work, 'store'));
  const staging = stagingInProcess(
    {
      package: requirePackage(settings),
      channel: settings.channel ?? 'latest',
      exactVersion,
      registry: settings.registry,
      projectConfig: true,
      store: layout.root,
      bundledVersion: null,
      entry: settings.entry,
      natives: nativeSources(job),
      exec,
      execFacts,
      abi: execFacts === null ? 'unknown' : abiTag(execFacts),
      shellName: settings.shellName,
      shellVersion: semverValid(settings.shellVersion) ?? '',
      limits: defaultLimits,
    },
    fs,
  );
  const found = await staging.check({ origin: 'host' }, signal);
  if (found.kind === 'incompatible') {
    const { field, wanted, actual } = found.reason;
    throw new StagedoorError(
      'PACKAGE_INVALID',
      `${found.version} does not run here: its ${field} asks for ${wanted}, here it is ${actual}`,
      { hint: 'Name the executable that will run it with --exec.' },
    );
  }
  if (found.kind === 'outgrown') {
    throw new StagedoorError(
      'PACKAGE_INVALID',
      `${found.version} needs ${found.needs}, and the shell is ${found.shell}`,
      { hint: 'Check shellName and shellVersion, or bundle another version with --use-version.' },
    );
  }
  if (found.kind !== 'available')
    throw new StagedoorError('INTERNAL', `an empty store answered ${found.kind}`);
  const { release, scratch } = found;
  const report = (state: ProgressState) => job.report({ ...state, version: release.version });
  await staging.download({ release, scratch }, signal, report);
  await staging.extract({ release, scratch }, signal, report);
  const { natives } = await staging.stageNatives({ release, scratch }, signal, report);
  await staging.verify({ release, scratch }, signal, report);
  await staging.close();
  const tree = layout.partialTree(scratch);
  return { tree, version: release.version, integrity: release.integrity, natives };
};

/** The entry that the launch shims name; it must be there. */
export const entryOf = ({ fs, settings }: BundleJob, tree: string): string => {
  const entry = packageEntry(fs, tree, settings.entry);
  if (fs.statSync(path.join(tree, entry), { throwIfNoEntry: false })?.isFile() === true) return entry;
  throw new StagedoorError('PACKAGE_INVALID', `the entry ${entry} is not in the package`);
};
