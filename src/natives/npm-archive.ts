import path from 'node:path';
import type { Release } from '../../machines/contract.ts';
import { StagedoorError } from '../failure.ts';
import { type Offered, readRelease } from '../registry/releases.ts';
import { readPackage, withExecutableBins } from '../staging/package-check.ts';
import { executableMode } from '../staging/tree-writer.ts';
import { unpackTarball } from '../staging/unpack.ts';
import { assertFreeSpace } from '../store/free-space.ts';
import type { TreeEntry } from '../store/tree-list.ts';
import type { NodeSource } from './node-source.ts';

/** Asks for one version; no document is kept, so that nothing is written outside of the attempt's own folder. */
export const askForVersion = (
  source: NodeSource,
  { name, version }: Pick<Release, 'name' | 'version'>,
  signal: AbortSignal,
): Promise<Offered> => {
  const { fs: _, ...route } = source;
  const forget = async (): Promise<void> => undefined;
  const asked = { ...route, package: name, channel: 'latest', exactVersion: version };
  return readRelease({ ...asked, cache: undefined, forget }, signal);
};

/** Also looked at before a byte is written: what the registry says of the sizes, although it may be a lie. */
export const assertRoom = async (
  { fs, limits }: NodeSource,
  folder: string,
  releases: readonly Release[],
): Promise<void> => {
  for (const { name, version, unpackedSize = 0 } of releases) {
    if (unpackedSize <= limits.unpackedBytes) continue;
    const message = `${name}@${version} unpacks to ${unpackedSize} bytes, more than ${limits.unpackedBytes}`;
    throw new StagedoorError('DOWNLOAD_TOO_LARGE', message);
  }
  const bytes = releases.reduce((sum, { unpackedSize }) => sum + (unpackedSize ?? 0), 0);
  await assertFreeSpace(fs, folder, bytes);
};

export type Archive = {
  readonly release: Pick<Release, 'name' | 'version' | 'integrity'>;
  readonly tarball: string;
};

/** Unpacks into a folder that is not there yet; the paths that come back begin in it. No script of the package is run. */
export const unpackArchive = async (
  { fs, limits }: NodeSource,
  { release, tarball }: Archive,
  folder: string,
  signal: AbortSignal,
): Promise<readonly TreeEntry[]> => {
  fs.mkdirSync(path.dirname(folder), { recursive: true, mode: executableMode });
  const unpacking = { tarball, tree: folder, limits, natives: [] };
  const unpacked = await unpackTarball(fs, unpacking, signal, () => undefined);
  const manifest = readPackage(fs, folder, release, unpacked, limits);
  return withExecutableBins(fs, folder, unpacked, manifest);
};

/** The paths of a package, from the tree on. */
export const placed = (files: readonly TreeEntry[], place: string): readonly TreeEntry[] =>
  files.map(file => ({ ...file, path: `${place}/${file.path}` }));
