import path from 'node:path';
import type { Ecosystem } from '../../machines/contract.ts';
import { isPackageName } from '../core-lock/naming.ts';
import { StagedoorError } from '../failure.ts';
import { type Layout, storeLayout } from '../store/layout.ts';

/** Beside the versions, above none of them: no loader that looks for a runtime's packages comes by here. */
export const pluginsFolder = (store: string, ecosystem: Ecosystem): string =>
  path.join(store, 'plugins', ecosystem);

/** `@a/b` → `@a+b`, in lower case: two names that some file system takes for one are one plugin. */
const folderName = (ecosystem: Ecosystem, name: string): string => {
  const known = ecosystem === 'npm' ? isPackageName(name) : /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name);
  if (known) return name.toLowerCase().replace('/', '+');
  throw new StagedoorError('INTERNAL', `${JSON.stringify(name)} is no name of a plugin`);
};

/**
 * The store of one plugin, like that of versions: `versions/<stamp>` holds a whole tree, `current.json` names the one that
 * counts. `name` of a Python distribution is in canonical form.
 */
export const pluginLayout = (store: string, ecosystem: Ecosystem, name: string): Layout =>
  storeLayout(path.join(pluginsFolder(store, ecosystem), folderName(ecosystem, name)));

/** Where each ecosystem has its packages in the tree of a plugin. */
export const pluginPackages = { npm: 'node_modules', python: 'site-packages' } as const;

/** What a plugin is, in its own tree; the name is reserved. */
export const pluginRecordName = '.stagedoor-plugin.json';
