import path from 'node:path';
import { moduleName } from '../../core-lock/python-modules.ts';
import { namespacesIn } from '../../core-lock/python-namespaces.ts';
import { readPythonTree } from '../../core-lock/python-tree.ts';
import type { FileSystem } from '../../store/file-system.ts';

/** A distribution in a `site-packages`; of none that has a record there, the name alone. */
export type Owner = { readonly name: string; readonly version: string | null };

/** Folders of namespaces in one another; real ones have two or three. */
const deepest = 8;

/** What can be imported from the folders of packages, of namespaces what is in them: by the files, for records may say anything. */
const importedFrom = (fs: FileSystem, site: string): readonly string[] => {
  const isNamespace = namespacesIn(fs, site);
  const below = (folder: string, depth: number): readonly string[] =>
    fs.readdirSync(path.join(site, folder), { withFileTypes: true }).flatMap(entry => {
      const place = path.posix.join(folder, entry.name);
      if (!entry.isDirectory()) {
        const name = moduleName(entry.name);
        return name === undefined || name === '__init__' ? [] : [path.posix.join(folder, name)];
      }
      if (entry.name === '__pycache__' || /\.(?:dist|egg)-info$/i.test(entry.name)) return [];
      return isNamespace(place) && depth < deepest ? below(place, depth + 1) : [place];
    });
  return [...new Set(below('', 0))].map(place => place.replaceAll('/', '.'));
};

/**
 * Modules of a `site-packages`, each with the distribution that has recorded it, else with that of `fallback`. Rejects as
 * `readPythonTree` does.
 */
export const siteModules = (fs: FileSystem, site: string, fallback: Owner): ReadonlyMap<string, Owner> => {
  const distributions = readPythonTree(fs, site);
  const ownerOf = (module: string): Owner =>
    distributions.find(({ modules }) =>
      modules.some(one => one === module || module.startsWith(`${one}.`) || one.startsWith(`${module}.`)),
    ) ?? fallback;
  return new Map(importedFrom(fs, site).map(module => [module, ownerOf(module)]));
};
