import path from 'node:path';
import type { PluginConflict, PluginPackage } from '../../../machines/contract.ts';
import type { CoreLock } from '../../core-lock/core-lock.ts';
import { StagedoorError } from '../../failure.ts';
import { readManifest } from '../../registry/manifest.ts';
import type { FileSystem } from '../../store/file-system.ts';
import { asRecord, asText, type JsonRecord, parseJson } from '../../store/json-shape.ts';
import { belongingsOf } from './belonging.ts';
import { type Carried, type Contents, isPackageFolder } from './carried.ts';
import { hiddenConflicts } from './hidden-demands.ts';
import { withOneSpelling } from './manifest.ts';

/** A package of a plan, with what is left of its archive. */
export type Unpacked = Contents & {
  readonly owner: PluginPackage;
  readonly carried: readonly Carried[];
};

const nameOf = ({ name, version }: Pick<PluginPackage, 'name' | 'version'>): string => `${name}@${version}`;

const ownManifest = (fs: FileSystem, root: string): JsonRecord =>
  asRecord(parseJson(fs.readFileSync(path.join(root, 'package.json'), 'utf8'))) ?? {};

/** Nobody else brings what a package says that it carries itself. */
const assertWhole = (
  { owner, files }: Unpacked,
  manifest: JsonRecord,
  packages: readonly PluginPackage[],
  lock: CoreLock,
): void => {
  const { name, version } = owner;
  const own = { ...manifest, name, version, dist: { tarball: '' } };
  const { bundleDependencies = [], dependencies = {} } = readManifest(withOneSpelling(own), name) ?? {};
  const { copyOf } = belongingsOf(lock);
  const missing = bundleDependencies.find(carried => {
    const place = `node_modules/${carried}`;
    const isBrought = packages.some(
      other => other.place === place || other.place === `${owner.place}/${place}`,
    );
    const isThere = files.some(file => file.path.startsWith(`${place}/`));
    return Object.hasOwn(dependencies, carried) && copyOf(carried) === undefined && !isBrought && !isThere;
  });
  if (missing === undefined) return;
  throw new StagedoorError(
    'PACKAGE_INVALID',
    `${nameOf(owner)} says that it carries ${missing}, and does not`,
  );
};

/**
 * Looks at what the archive itself says, of the package and of those that it carries: it has to fit the runtime as what the
 * registry announced does. `packages` is the plan, the plugin first. Throws PACKAGE_INVALID where something is not there.
 */
export const archiveConflicts = (
  fs: FileSystem,
  unpacked: Unpacked,
  packages: readonly PluginPackage[],
  lock: CoreLock,
): readonly PluginConflict[] => {
  const { owner, root, files, carried } = unpacked;
  const [plugin] = packages;
  const chain = plugin === undefined || plugin === owner ? [nameOf(owner)] : [nameOf(plugin), nameOf(owner)];
  const manifest = ownManifest(fs, root);
  assertWhole(unpacked, manifest, packages, lock);
  const folders = new Set(files.map(file => path.posix.dirname(file.path)));
  const inner = carried.flatMap(({ folder, manifest: theirs }) => {
    const [name, version] = [asText(theirs.name), asText(theirs.version) ?? '?'];
    if (name === null || !isPackageFolder(folder) || !folders.has(folder)) return [];
    return hiddenConflicts({ name, version }, theirs, [...chain, nameOf({ name, version })], lock);
  });
  return [...hiddenConflicts(owner, manifest, chain, lock), ...inner];
};
