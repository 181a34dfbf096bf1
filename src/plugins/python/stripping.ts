import path from 'node:path';
import { sortedSet } from '../../core-lock/order.ts';
import { canonicalName } from '../../core-lock/python-distribution.ts';
import { lenientText, readDistributionFile } from '../../core-lock/python-file.ts';
import { pythonLimits } from '../../core-lock/python-limits.ts';
import { readMetadata } from '../../core-lock/python-metadata.ts';
import { moduleName } from '../../core-lock/python-modules.ts';
import { StagedoorError } from '../../failure.ts';
import type { FileSystem } from '../../store/file-system.ts';
import { type LockedModules, lookedAlike } from './locked-modules.ts';

type Work = {
  readonly fs: FileSystem;
  /** `site-packages` as an installer has left it. */
  readonly site: string;
  readonly locked: LockedModules;
  readonly stripped: string[];
};

const take = ({ fs, site, stripped }: Work, relative: string, name: string): void => {
  fs.rmSync(path.join(site, relative), { recursive: true, force: true });
  stripped.push(name);
};

/** By the name of the folder, which an archive may choose, and by what it says inside: either is believed by somebody. */
const distributionNames = ({ fs, site }: Work, entry: string): readonly string[] => {
  const [, named] = /^([^-]+)(?:-.*)?\.(?:dist|egg)-info$/i.exec(entry) ?? [];
  const said = ['METADATA', 'PKG-INFO'].map(file => {
    const bytes = readDistributionFile(fs, path.join(site, entry, file), pythonLimits.metadata);
    return bytes === null ? null : readMetadata(lenientText(bytes)).name;
  });
  return [named, ...said].filter(name => typeof name === 'string').map(canonicalName);
};

const stripDistribution = (work: Work, entry: string): void => {
  const name = distributionNames(work, entry).find(one => work.locked.distributions.has(one));
  if (name !== undefined) take(work, entry, name);
};

const assertNoLookAlike = ({ locked }: Work, module: string): void => {
  const owner = lookedAlike(locked, module);
  if (owner === undefined) return;
  throw new StagedoorError(
    'PACKAGE_UNSAFE',
    `a package brings ${module}, which only its case tells from a module of ${owner.name} ${owner.version}`,
  );
};

const stripFolder = (work: Work, folder: string): void => {
  const { fs, site, locked } = work;
  const prefix = folder === '' ? '' : `${folder.replaceAll('/', '.')}.`;
  for (const entry of fs.readdirSync(path.join(site, folder), { withFileTypes: true })) {
    const relative = folder === '' ? entry.name : `${folder}/${entry.name}`;
    const own = entry.isDirectory() ? entry.name : moduleName(entry.name);
    if (folder === '' && /\.(?:dist|egg)-info$/i.test(entry.name)) stripDistribution(work, entry.name);
    if (own === undefined) continue;
    const module = `${prefix}${own}`;
    if (locked.modules.has(module)) take(work, relative, module);
    else if (!locked.namespaces.has(module)) {
      // A package in the place of a namespace would hide what the runtime has in it.
      if (folder !== '' && own === '__init__' && !entry.isDirectory())
        take(work, relative, folder.replaceAll('/', '.'));
      else assertNoLookAlike(work, module);
    } else if (entry.isDirectory()) stripFolder(work, relative);
    else take(work, relative, module);
  }
};

/**
 * Takes away what belongs to the runtime, whatever brought it and whatever its records say: top-level modules, what the runtime
 * has in a namespace, and the metadata of locked distributions. Gives back their names, sorted.
 */
export const strip = (fs: FileSystem, site: string, locked: LockedModules): readonly string[] => {
  const work: Work = { fs, site, locked, stripped: [] };
  stripFolder(work, '');
  return sortedSet(work.stripped);
};
