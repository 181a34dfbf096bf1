import path from 'node:path';
import { errnoOf } from '../failure.ts';
import { isAlive } from '../process/identity.ts';
import type { FileSystem } from './file-system.ts';
import { isFolder, namesIn, ownNamesIn } from './folder.ts';
import { type Layout, ownerOf, partialSuffix } from './layout.ts';
import { sweepLeases } from './lease.ts';
import { emptyTrash } from './retention.ts';

const isOrphan = (id: string): boolean => {
  const owner = ownerOf(id);
  return owner === null || !isAlive(owner);
};

/** Everything in the `.partial` folders that no living process is filling, as `<v>.partial/<id>` (S-07). */
export const orphanedScratch = (fs: FileSystem, layout: Layout): string[] =>
  ownNamesIn(fs, layout.versions)
    .filter(name => name.endsWith(partialSuffix))
    .flatMap(folder => {
      // A file or link of that name is nobody's scratch; a folder goes when it is empty.
      if (!isFolder(fs, path.join(layout.versions, folder))) return [folder];
      return namesIn(fs, path.join(layout.versions, folder))
        .filter(isOrphan)
        .map(id => `${folder}/${id}`);
    });

/** The scratch folders that a living process is filling, as `<v>.partial/<id>`. */
export const liveScratch = (fs: FileSystem, layout: Layout): string[] =>
  namesIn(fs, layout.versions)
    .filter(name => name.endsWith(partialSuffix))
    .flatMap(folder =>
      namesIn(fs, path.join(layout.versions, folder))
        .filter(id => !isOrphan(id))
        .map(id => `${folder}/${id}`),
    );

const temporary = /^\..+\.json\.([^.]+)\.tmp$/;

/** Is it the temporary file of a writer that died? */
export const isOrphanedTemporary = (name: string): boolean => {
  const id = temporary.exec(name)?.[1];
  return id !== undefined && isOrphan(id);
};

/** Temporary files of writers that died, relative to the store. */
export const orphanedTemporaries = (fs: FileSystem, layout: Layout): string[] =>
  [layout.root, layout.attempts, layout.leases].flatMap(dir =>
    (dir === layout.root ? namesIn(fs, dir) : ownNamesIn(fs, dir))
      .filter(isOrphanedTemporary)
      .map(name => path.relative(layout.root, path.join(dir, name)).replaceAll(path.sep, '/')),
  );

const removeAll = async (fs: FileSystem, place: string): Promise<boolean> => {
  try {
    await fs.promises.rm(place, { recursive: true, force: true, maxRetries: 3 });
    return true;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return false;
  }
};

/** Only if it is empty: another process may just have begun to fill it. */
const removeEmpty = (fs: FileSystem, dir: string): void => {
  try {
    fs.rmdirSync(dir);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
  }
};

/**
 * Removes what crashes left behind: scratch folders and temporary files of the dead, leases of the dead, the trash.
 * Nothing of a living process goes, our own included, but for the scratch names in `abandoned`. Never throws for a file
 * in use. Gives back what went, relative to the store.
 */
export const sweepScratch = async (
  fs: FileSystem,
  layout: Layout,
  { abandoned = [] }: { readonly abandoned?: readonly string[] } = {},
): Promise<string[]> => {
  const scratch = [...new Set([...orphanedScratch(fs, layout), ...abandoned])].map(
    name => `versions/${name}`,
  );
  const swept: string[] = [];
  for (const name of [...scratch, ...orphanedTemporaries(fs, layout)]) {
    if (await removeAll(fs, path.join(layout.root, name))) swept.push(name);
  }
  for (const name of ownNamesIn(fs, layout.versions)) {
    if (name.endsWith(partialSuffix)) removeEmpty(fs, path.join(layout.versions, name));
  }
  await sweepLeases(fs, layout);
  await emptyTrash(fs, layout);
  return swept;
};
