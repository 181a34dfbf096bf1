import path from 'node:path';
import type { Ecosystem } from '../../machines/contract.ts';
import { isPackageName } from '../core-lock/naming.ts';
import { StagedoorError } from '../failure.ts';
import { pathFault } from '../staging/path-rules.ts';
import { type Layout, storeLayout } from '../store/layout.ts';

/** Beside the versions, above none of them: no loader that looks for a runtime's packages comes by here. */
export const pluginsFolder = (store: string, ecosystem: Ecosystem): string =>
  path.join(store, 'plugins', ecosystem);

export const ecosystems: readonly Ecosystem[] = ['npm', 'python'];

/** Characters, as npm has it: with the rest of its place it fits into a path. */
const longestName = 214;

const isNameOf: Readonly<Record<Ecosystem, (name: unknown) => name is string>> = {
  npm: isPackageName,
  python: (name): name is string => typeof name === 'string' && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name),
};

/** A name of npm, or of a Python distribution in canonical form; every system can have a folder that is called so. */
export const isPluginName = (ecosystem: Ecosystem, name: unknown): name is string =>
  isNameOf[ecosystem](name) && pathFault(name, longestName) === null;

/** `@a/b` → `@a+b`, in lower case: two names that some file system takes for one are one plugin. */
const folderName = (ecosystem: Ecosystem, name: string): string => {
  if (isPluginName(ecosystem, name)) return name.toLowerCase().replace('/', '+');
  throw new StagedoorError('INTERNAL', `${JSON.stringify(name)} is no name of a plugin`);
};

/** The lower-cased name of the plugin that a folder is for; null for a folder that is none of ours. */
export const nameOfFolder = (ecosystem: Ecosystem, folder: string): string | null => {
  const name = folder.replace('+', '/');
  return isPluginName(ecosystem, name) && folderName(ecosystem, name) === folder ? name : null;
};

/**
 * The store of one plugin, like that of versions: `versions/<stamp>` holds a whole tree, `current.json` names the one that
 * counts. `name` of a Python distribution is in canonical form.
 */
export const pluginLayout = (store: string, ecosystem: Ecosystem, name: string): Layout =>
  storeLayout(path.join(pluginsFolder(store, ecosystem), folderName(ecosystem, name)));

/** Where each ecosystem has its packages in the tree of a plugin. */
export const pluginPackages = { npm: 'node_modules', python: 'site-packages' } as const;

/** What is imported of a plugin, in its tree: the folder of an npm package, or the `site-packages`. */
export const pluginFolder = (tree: string, ecosystem: Ecosystem, name: string): string =>
  ecosystem === 'npm'
    ? path.join(tree, pluginPackages.npm, ...name.split('/'))
    : path.join(tree, pluginPackages.python);

/** What a plugin is, in its own tree; the name is reserved. */
export const pluginRecordName = '.stagedoor-plugin.json';
