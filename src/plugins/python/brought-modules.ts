import path from 'node:path';
import type { PluginDemand, PluginPackage } from '../../../machines/contract.ts';
import { moduleName } from '../../core-lock/python-modules.ts';
import { readPythonTree } from '../../core-lock/python-tree.ts';
import type { FileSystem } from '../../store/file-system.ts';
import { type LockedModules, lookedAlike } from './locked-modules.ts';

const hasInit = (fs: FileSystem, folder: string): boolean =>
  fs.readdirSync(folder).some(name => moduleName(name) === '__init__');

/** What can be imported by a name of its own; `regular`: it is no namespace, which hides nothing. */
const topModules = (fs: FileSystem, site: string) =>
  fs.readdirSync(site, { withFileTypes: true }).flatMap(entry => {
    const folder = entry.isDirectory();
    const name = folder ? entry.name : moduleName(entry.name);
    if (name === undefined || /\.(?:dist|egg)-info$/i.test(name)) return [];
    return [{ name, regular: !folder || hasInit(fs, path.join(site, entry.name)) }];
  });

/** From the plugin to the package itself, as far as what comes along says it. */
export const broughtBy = (owner: string, packages: readonly PluginPackage[]): readonly string[] => {
  const itself = packages.find(({ name }) => name === owner);
  const ends = [packages[0], itself].filter(one => one !== undefined);
  return [...new Set(ends.map(({ name, version }) => `${name}@${version}`))];
};

/**
 * Modules in what comes along that no runtime can have beside its own: those that Python itself has, and those that only their
 * case tells from locked ones. As demands of who brings them; by the files, for records may say anything.
 */
export const broughtModules = (
  fs: FileSystem,
  site: string,
  { locked, standard }: { readonly locked: LockedModules; readonly standard: ReadonlySet<string> },
  packages: readonly PluginPackage[],
): readonly PluginDemand[] => {
  const distributions = readPythonTree(fs, site);
  const plugin = packages[0]?.name ?? '';
  const ownerOf = (module: string): string =>
    distributions.find(({ modules }) => modules.some(one => one === module || one.startsWith(`${module}.`)))
      ?.name ?? plugin;
  return topModules(fs, site)
    .filter(({ name }) => !locked.modules.has(name) && !locked.namespaces.has(name))
    .filter(({ name, regular }) => (regular && standard.has(name)) || lookedAlike(locked, name) !== undefined)
    .map(({ name }) => {
      const owner = ownerOf(name);
      return { as: name, name: owner, range: '', chain: broughtBy(owner, packages) };
    });
};
