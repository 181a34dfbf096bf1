import path from 'node:path';
import { diskFailure } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';
import type { LockedPackage } from './core-lock.ts';
import {
  assertCount,
  assertPlace,
  type DistributionFacts,
  isDistribution,
  lockedDistributions,
} from './python-distribution.ts';
import { lenientText, readDistributionFile, strictText } from './python-file.ts';
import { pythonLimits } from './python-limits.ts';
import { readMetadata, recordedPaths } from './python-metadata.ts';
import { namespacesIn } from './python-namespaces.ts';

const entriesOf = (fs: FileSystem, dir: string): readonly string[] => {
  try {
    return fs.readdirSync(dir);
  } catch (error) {
    throw diskFailure(error, `read the folder ${dir}`);
  }
};

const isFile = (fs: FileSystem, place: string): boolean => {
  try {
    return fs.statSync(place, { throwIfNoEntry: false })?.isFile() === true;
  } catch (error) {
    throw diskFailure(error, `look at ${path.basename(place)}`);
  }
};

/** distutils wrote the metadata alone, as a file in the place of the folder. */
const metadataFiles = (fs: FileSystem, info: string): readonly string[] =>
  isFile(fs, info) ? [info] : [path.join(info, 'METADATA'), path.join(info, 'PKG-INFO')];

const metadataOf = (fs: FileSystem, info: string): ReturnType<typeof readMetadata> => {
  for (const file of metadataFiles(fs, info)) {
    const bytes = readDistributionFile(fs, file, pythonLimits.metadata);
    if (bytes !== null && bytes.length > 0) return readMetadata(lenientText(bytes));
  }
  return { name: null, version: null };
};

/** Null where there is none, or it is no text: the two causes by which a list may be empty (K-02). */
const listOf = (fs: FileSystem, info: string, name: string): string | null => {
  const bytes = readDistributionFile(fs, path.join(info, name), pythonLimits.list);
  return bytes === null ? null : strictText(bytes);
};

/** `installed-files.txt` of old installs counts from its own folder. */
const installedPaths = (text: string): readonly string[] =>
  text
    .split(/\r?\n/)
    .filter(line => line !== '')
    .map(line => path.posix.join('info', line));

const filesOf = (fs: FileSystem, info: string): readonly string[] => {
  const record = listOf(fs, info, 'RECORD');
  if (record !== null) return recordedPaths(record);
  return installedPaths(listOf(fs, info, 'installed-files.txt') ?? '');
};

const factsOf = (fs: FileSystem, dir: string, place: string): DistributionFacts => {
  assertPlace(place);
  const info = path.join(dir, place);
  const { name, version } = metadataOf(fs, info);
  return {
    place,
    name,
    version,
    declared: listOf(fs, info, 'top_level.txt'),
    files: () => filesOf(fs, info),
  };
};

/**
 * Every distribution of a `site-packages` (a real path), read without running Python, in the order of a lock; places are from
 * that folder on. Several versions of one are all there. What packages carry inside themselves is not looked at; a `.pth` is not
 * followed, so an editable install is known by its own metadata, and an `.egg` or `.egg-link` not at all. Of a namespace
 * what the distribution has in it is given (`google.auth`), where its files are recorded. A distribution without name or version is left out; what is there and can't be read is an error
 * (K-02): PACKAGE_INVALID, PACKAGE_UNSAFE or a code of the disk.
 */
export const readPythonTree = (fs: FileSystem, dir: string): readonly LockedPackage[] => {
  const places = entriesOf(fs, dir).filter(isDistribution);
  assertCount(places.length);
  return lockedDistributions(
    places.map(place => factsOf(fs, dir, place)),
    namespacesIn(fs, dir),
  );
};
