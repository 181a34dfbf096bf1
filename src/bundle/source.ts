import path from 'node:path';
import semverValid from 'semver/functions/valid.js';
import { StagedoorError } from '../failure.ts';
import { stagingInProcess } from '../staging/effects.ts';
import { defaultLimits } from '../staging/limits.ts';
import { packageEntry } from '../store/entry.ts';
import { asRecord, asText, readValue } from '../store/json-shape.ts';
import { storeLayout } from '../store/layout.ts';
import { copyTree } from './copy.ts';
import type { BundleJob, BundleProgress } from './request.ts';

/** A runtime that is complete except for shims and tree list. */
export type BundleTree = {
  readonly tree: string;
  readonly version: string;
  readonly integrity: string | null;
  readonly natives: readonly string[];
};

/** Where a native dependency lies: named, else the first `node_modules` that holds it. What a launch may install may be missing. */
const nativeSources = ({ fs, request }: BundleJob) =>
  request.natives.flatMap(native => {
    const { from, cwd, dir } = request;
    const places = [...(from === null ? [] : [from]), cwd, dir].map(place =>
      path.join(place, 'node_modules', ...native.name.split('/')),
    );
    const found = native.dir ?? places.find(place => fs.existsSync(place)) ?? places[0] ?? cwd;
    if (fs.existsSync(path.join(found, 'package.json'))) return [{ name: native.name, dir: found }];
    if (native.install !== undefined) return [];
    throw new StagedoorError(
      'NATIVE_SOURCE_MISSING',
      `the native dependency ${native.name} is not at ${found}`,
    );
  });

const identity = ({ fs, request }: BundleJob, tree: string): string => {
  const { version } = request;
  const manifest = asRecord(readValue(fs, path.join(tree, 'package.json')));
  const [name, own] = [asText(manifest?.name), semverValid(asText(manifest?.version))];
  if (manifest === null || name !== request.package || own === null) {
    const found =
      manifest === null ? 'no readable package.json' : `${name ?? 'no name'}@${own ?? 'no version'}`;
    const message = `the folder must hold ${request.package}, and holds ${found}`;
    throw new StagedoorError('PACKAGE_INVALID', message, { hint: 'Check --from and --package.' });
  }
  if (version === undefined || version === own) return own;
  throw new StagedoorError('PACKAGE_INVALID', `the folder holds ${own}, not ${version}`, {
    hint: 'Check --from and --use-version.',
  });
};

/** The runtime as it lies in a folder, with its natives over it. */
export const treeFromFolder = async (job: BundleJob, from: string): Promise<BundleTree> => {
  const { fs, request, work, signal, report } = job;
  const version = identity(job, from);
  const tree = path.join(work, 'tree');
  const natives = nativeSources(job);
  report({ phase: 'copying', version, bytes: 0, total: null });
  await copyTree(fs, from, tree, signal, [work, ...(from === request.dir ? [] : [request.dir])]);
  for (const { name, dir } of natives) {
    const target = path.join(tree, 'node_modules', ...name.split('/'));
    await fs.promises.rm(target, { recursive: true, force: true });
    await copyTree(fs, dir, target, signal);
  }
  return { tree, version, integrity: null, natives: natives.map(({ name }) => name) };
};

/** The runtime from the registry, staged as an update is, into a store that lives no longer than this. */
export const treeFromRegistry = async (job: BundleJob): Promise<BundleTree> => {
  const { fs, request, work, signal } = job;
  const { exec, execFacts } = request;
  const layout = storeLayout(path.join(work, 'store'));
  const staging = stagingInProcess(
    {
      package: request.package,
      channel: request.channel ?? 'latest',
      exactVersion: request.version,
      registry: request.registry,
      projectConfig: true,
      store: layout.root,
      bundledVersion: null,
      entry: request.entry,
      natives: nativeSources(job),
      exec,
      execFacts,
      abi: execFacts?.tag ?? 'unknown',
      shellName: request.shellName,
      shellVersion: semverValid(request.shellVersion) ?? '',
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
  const report = (progress: BundleProgress) => job.report({ ...progress, version: release.version });
  await staging.download({ release, scratch }, signal, report);
  await staging.extract({ release, scratch }, signal, report);
  const { natives } = await staging.stageNatives({ release, scratch }, signal, report);
  await staging.verify({ release, scratch }, signal, report);
  await staging.close();
  const tree = layout.partialTree(scratch);
  return { tree, version: release.version, integrity: release.integrity, natives };
};

/** The entry that the launch shims name; it must be there. */
export const entryOf = ({ fs, request }: BundleJob, tree: string): string => {
  const entry = packageEntry(fs, tree, request.entry);
  if (fs.statSync(path.join(tree, entry), { throwIfNoEntry: false })?.isFile() === true) return entry;
  throw new StagedoorError('PACKAGE_INVALID', `the entry ${entry} is not in the package`);
};
