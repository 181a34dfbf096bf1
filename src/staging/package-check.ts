import { createHash } from 'node:crypto';
import path from 'node:path';
import semverValid from 'semver/functions/valid.js';
import type { Release } from '../../machines/contract.ts';
import { StagedoorError } from '../failure.ts';
import type { Demands } from '../registry/manifest.ts';
import { entryOf } from '../store/entry.ts';
import type { FileSystem } from '../store/file-system.ts';
import { asArray, asRecord, asText, type JsonRecord, parseJson } from '../store/json-shape.ts';
import type { TreeEntry } from '../store/tree-list.ts';
import { incompatibility } from './compatibility.ts';
import type { Limits } from './limits.ts';
import type { StagingOptions } from './session.ts';
import { shellDemand } from './shell-demand.ts';
import { executableMode } from './tree-writer.ts';

type Machine = Pick<StagingOptions, 'execFacts' | 'shellName' | 'shellVersion'>;

type Named = Pick<Release, 'name' | 'version'>;

export type CheckedPackage = { readonly entry: string; readonly files: readonly TreeEntry[] };

const invalid = (message: string): StagedoorError => new StagedoorError('PACKAGE_INVALID', message);

/** The tarball must hold the package that the registry named, not another one with the right hash. */
const assertIdentity = (manifest: JsonRecord, { name, version }: Named): void => {
  const [innerName, innerVersion] = [asText(manifest.name), asText(manifest.version)];
  if (innerName === name && innerVersion !== null && semverValid(innerVersion) === semverValid(version))
    return;
  throw invalid(
    `the package says that it is ${innerName}@${innerVersion}, and ${name}@${version} was asked for`,
  );
};

const binPaths = (manifest: JsonRecord): ReadonlySet<string> => {
  const bins =
    typeof manifest.bin === 'string' ? [manifest.bin] : Object.values(asRecord(manifest.bin) ?? {});
  return new Set(bins.filter(bin => typeof bin === 'string').map(bin => path.posix.normalize(bin)));
};

const engines = (value: unknown): Demands['engines'] =>
  Object.fromEntries(Object.entries(asRecord(value) ?? {}).map(([name, range]) => [name, asText(range)]));

const textList = (value: unknown): readonly string[] =>
  (typeof value === 'string' ? [value] : asArray(value)).filter(item => typeof item === 'string');

/** The demands again, of the package itself: a proxy may leave fields out of its documents. */
const assertCompatible = (
  manifest: JsonRecord,
  { name, version }: Release,
  { execFacts, shellName, shellVersion }: Machine,
): void => {
  const [os, cpu, libc] = [textList(manifest.os), textList(manifest.cpu), textList(manifest.libc)];
  const demands = { engines: engines(manifest.engines), os, cpu, libc };
  const unmet = shellDemand(demands, { name: shellName, version: shellVersion });
  if (unmet !== null) throw invalid(`${name}@${version} needs ${unmet.needs}, and this is ${unmet.shell}`);
  const reason = incompatibility(demands, execFacts);
  if (reason === null) return;
  const { field, wanted, actual } = reason;
  throw invalid(`${name}@${version} does not run here: its ${field} is ${wanted}, and this is ${actual}`);
};

/** What `npm` does for a package's commands, whatever modes were packed. */
export const withExecutableBins = (
  fs: FileSystem,
  tree: string,
  files: readonly TreeEntry[],
  manifest: JsonRecord,
): TreeEntry[] => {
  const bins = binPaths(manifest);
  return files.map(file => {
    if (!bins.has(file.path) || file.mode === executableMode) return file;
    fs.chmodSync(path.join(tree, file.path), executableMode);
    return { ...file, mode: executableMode };
  });
};

const manifestName = 'package.json';

/** That the disk does not give it back as it was is no fault of the package; an errno is left to the caller (P-26). */
const readManifest = (fs: FileSystem, tree: string, { sha256 }: TreeEntry): JsonRecord | null => {
  const bytes = fs.readFileSync(path.join(tree, manifestName));
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
    throw new StagedoorError('TREE_DAMAGED', `the staged ${manifestName} is not the one that was unpacked`);
  }
  return asRecord(parseJson(bytes.toString()));
};

/** The `package.json` of what was unpacked, bounded, and that of the package that was asked for. */
export const readPackage = (
  fs: FileSystem,
  tree: string,
  release: Named,
  files: readonly TreeEntry[],
  limits: Limits,
): JsonRecord => {
  const { name, version } = release;
  const unpacked = files.find(file => file.path === manifestName);
  if ((unpacked?.size ?? 0) > limits.manifestBytes)
    throw invalid(`the package.json of ${name}@${version} is larger than ${limits.manifestBytes} bytes`);
  const manifest = unpacked === undefined ? null : readManifest(fs, tree, unpacked);
  if (manifest === null) throw invalid(`${name}@${version} holds no readable package.json`);
  assertIdentity(manifest, release);
  return manifest;
};

/**
 * Checks that an unpacked tree is the package that was asked for and that its entry can be launched (U-08). What was
 * unpacked is judged, not what can be seen of it now.
 */
export const checkPackage = (
  fs: FileSystem,
  tree: string,
  release: Release,
  files: readonly TreeEntry[],
  options: Machine & Pick<StagingOptions, 'entry' | 'limits'>,
): CheckedPackage => {
  const { entry: wantedEntry, limits } = options;
  const listed = new Set(files.map(file => file.path));
  const manifest = readPackage(fs, tree, release, files, limits);
  assertCompatible(manifest, release, options);
  const entry = entryOf(manifest, name => listed.has(path.posix.normalize(name)), wantedEntry);
  if (!listed.has(entry)) {
    throw invalid(`${release.name}@${release.version} has no entry: expected the file ${entry}`);
  }
  return { entry, files: withExecutableBins(fs, tree, files, manifest) };
};
