import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { makePackage, type PackageManifest, type PackedPackage } from 'stagedoor/testing';
import type { FetchedPackage } from './real-packages.ts';

const manifestIn = (folder: string): PackageManifest =>
  JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as PackageManifest;

/** The very bytes of the real package, to be published on loopback, where the tag can be steered. */
export const asPublished = (fetched: FetchedPackage, folder: string): PackedPackage => ({
  name: fetched.name,
  version: fetched.version,
  tarball: readFileSync(fetched.file),
  integrity: fetched.integrity,
  shasum: fetched.shasum,
  manifest: manifestIn(folder),
  unpackedSize: fetched.unpackedSize,
  fileCount: fetched.entryCount,
});

/** The same files as a version that does not exist; without the source maps, which are most of its bytes. */
export const asLater = (
  folder: string,
  version: string,
  files: Readonly<Record<string, string>>,
): PackedPackage => {
  const { name, version: _, ...manifest } = manifestIn(folder);
  const known = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(file => file.isFile() && !file.name.endsWith('.map') && file.name !== 'package.json')
    .map(file => path.join(file.parentPath, file.name))
    .map(file => [path.relative(folder, file).replaceAll(path.sep, '/'), readFileSync(file)] as const);
  return makePackage({ name, version, manifest, files: { ...Object.fromEntries(known), ...files } });
};

/** An entry that ends before it is ready. */
export const dying: Readonly<Record<string, string>> = {
  'dist/cli.js': `throw new Error('this version was broken on purpose');\n`,
};
