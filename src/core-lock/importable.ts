import { StagedoorError } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';
import { bounds } from './bounds.ts';
import { expandPatterns, isPattern, type Pattern } from './export-patterns.ts';
import { subpathsOf, targetsOf } from './export-targets.ts';
import { hasMainFile } from './main-file.ts';
import type { Manifest } from './manifest.ts';
import { isPlace, isPlainText } from './naming.ts';
import { sortedSet } from './order.ts';
import { packageFiles } from './package-files.ts';

/**
 * Without `exports` each file of a package can be imported, with and without its ending, and each folder with an index. One
 * pattern says that exactly; the list of the files would be longer, and would still not name each spelling.
 */
const everything = './*';

const fromExports = (fs: FileSystem, dir: string, exports: unknown): readonly string[] => {
  const subpaths = subpathsOf(exports);
  if (subpaths === null) return [];
  const plain = [...subpaths].filter(([key]) => !key.includes('*'));
  const patterns = [...subpaths]
    .filter(([key]) => isPattern(key))
    .map(([key, value]): Pattern => ({ key, targets: targetsOf(value) }));
  const open = plain.filter(([key, value]) => !key.endsWith('/') && targetsOf(value).length > 0);
  if (patterns.every(({ targets }) => targets.length === 0)) return open.map(([key]) => key);
  const taken = new Set(plain.map(([key]) => key));
  return [...open.map(([key]) => key), ...expandPatterns(patterns, packageFiles(fs, dir), taken)];
};

/** What can be imported of a package, `.` and `./sub`, under whatever conditions; one with a star stands for all that fit. */
const subpathsIn = (fs: FileSystem, dir: string, { main, exports }: Manifest): readonly string[] => {
  if (exports !== undefined && exports !== null) return fromExports(fs, dir, exports);
  return hasMainFile(fs, dir, main) ? ['.', everything] : [everything];
};

/** The names of the package's folder are what its specifiers begin with: an alias is imported by its own name. */
export const importableModules = (
  fs: FileSystem,
  dir: string,
  manifest: Manifest,
  names: Iterable<string>,
): readonly string[] => {
  const subpaths = subpathsIn(fs, dir, manifest).filter(
    subpath =>
      subpath === '.' || (subpath.startsWith('./') && isPlace(subpath.slice(2)) && isPlainText(subpath)),
  );
  const modules = sortedSet(
    [...names].flatMap(name => subpaths.map(subpath => `${name}${subpath.slice(1)}`)),
  );
  if (modules.length <= bounds.modules) return modules;
  throw new StagedoorError(
    'PACKAGE_UNSAFE',
    `${manifest.name}@${manifest.version} names more than ${bounds.modules} modules in its exports`,
  );
};
