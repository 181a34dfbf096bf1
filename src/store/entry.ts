import path from 'node:path';
import { errnoOf, StagedoorError } from '../failure.ts';
import type { FileSystem } from './file-system.ts';
import { asRecord, asText, type JsonRecord, readJson } from './json-shape.ts';

/** Relative, inside the folder, with forward slashes: the only form in which an entry is stored or compared. */
const canonicalEntry = (entry: string): string => {
  const slashed = path.sep === '\\' ? entry.replaceAll('\\', '/') : entry;
  const normal = path.posix.normalize(slashed);
  const outside = normal === '.' || normal === '..' || normal.startsWith('../') || normal.endsWith('/');
  if (outside || path.posix.isAbsolute(normal) || /^[a-z]:|[\\\0]/i.test(normal)) {
    throw new StagedoorError(
      'PACKAGE_INVALID',
      `the entry ${JSON.stringify(entry)} is not a file inside the package`,
    );
  }
  return normal;
};

const isRegularFile = (fs: FileSystem, file: string): boolean => {
  try {
    return fs.lstatSync(file, { throwIfNoEntry: false })?.isFile() === true;
  } catch (error) {
    // ENOTDIR, EACCES, ELOOP …: whatever it is, it can't be launched. A fault without an errno is a defect of ours.
    if (error instanceof StagedoorError || errnoOf(error) === undefined) throw error;
    return false;
  }
};

const entryOfBin = (manifest: JsonRecord): string | null => {
  const bin = manifest.bin;
  if (typeof bin === 'string') return bin;
  const bins = asRecord(bin);
  if (bins === null) return null;
  const name = (asText(manifest.name) ?? '').replace(/^@[^/]*\//, '');
  const named = Object.hasOwn(bins, name) ? bins[name] : undefined;
  return asText(named ?? Object.values(bins)[0]);
};

/** As Node resolves `main`: the file, else with `.js`, else as a folder; the plain spelling where none is there. */
const entryOfMain = (isFile: (name: string) => boolean, main: string): string => {
  const plain = main.replace(/\/+$/, '');
  const spellings = [main, `${plain}.js`, `${plain}/index.js`].filter(name => !name.endsWith('/'));
  return spellings.find(isFile) ?? main;
};

/** The entry that a manifest declares, in a package that holds these files. */
export const entryOf = (manifest: JsonRecord, isFile: (name: string) => boolean, entry?: string): string => {
  const main = asText(manifest.main);
  const declared = entryOfBin(manifest) ?? (main ? entryOfMain(isFile, main) : 'index.js');
  return canonicalEntry(entry ?? declared);
};

const declaredEntry = (fs: FileSystem, dir: string): string => {
  const file = readJson(fs, path.join(dir, 'package.json'));
  const manifest = file.kind === 'value' ? asRecord(file.value) : null;
  if (manifest === null) {
    const why = file.kind === 'absent' ? 'has no package.json' : 'has a package.json that is no JSON object';
    throw new StagedoorError('PACKAGE_INVALID', `the package ${why}, and no entry is named`);
  }
  return entryOf(manifest, name => isRegularFile(fs, path.join(dir, name)));
};

/**
 * The entry of a package as a relative path with forward slashes: the explicit one, else `bin`, else `main`, else
 * `index.js`. Throws PACKAGE_INVALID if there is none or it leaves the folder; whether it exists is not asked.
 */
export const packageEntry = (fs: FileSystem, dir: string, entry?: string): string =>
  canonicalEntry(entry ?? declaredEntry(fs, dir));

/** The entry's absolute path if it is a regular file now (S-04), else null; never throws. */
export const entryFile = (fs: FileSystem, dir: string, entry?: string): string | null => {
  try {
    const file = path.join(path.resolve(dir), packageEntry(fs, dir, entry));
    return isRegularFile(fs, file) ? file : null;
  } catch (error) {
    if (error instanceof StagedoorError && error.code === 'PACKAGE_INVALID') return null;
    throw error;
  }
};
