import path from 'node:path';
import type { Ecosystem } from '../../machines/contract.ts';
import { StagedoorError } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';
import type { Layout } from '../store/layout.ts';
import { pluginsFolder } from './place.ts';

/**
 * Throws where a link stands in the place of a folder of a plugin's store: what it leads to is not ours, nobody who looks for
 * plugins follows it, and whoever tidies must not (P-12).
 */
export const assertOwnFolders = (
  fs: FileSystem,
  store: string,
  ecosystem: Ecosystem,
  { root, versions, trash }: Layout,
): void => {
  const folder = pluginsFolder(store, ecosystem);
  for (const dir of [path.dirname(folder), folder, root, versions, trash]) {
    if (fs.lstatSync(dir, { throwIfNoEntry: false })?.isSymbolicLink() !== true) continue;
    const place = path.relative(store, dir).replaceAll(path.sep, '/');
    throw new StagedoorError(
      'STORE_UNREADABLE',
      `${place} in the store is a link, and no folder of its own`,
      {
        hint: `Remove the link ${place}, and try again.`,
      },
    );
  }
};
