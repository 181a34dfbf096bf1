import { createHash } from 'node:crypto';
import { rawTarball } from './tarball.ts';

export type FileContent = string | Buffer | { readonly content: string | Buffer; readonly mode?: number };

export type PackageManifest = {
  readonly name: string;
  readonly version: string;
  readonly [field: string]: unknown;
};

/** What a package is made of. */
export type PackageSource = {
  readonly name: string;
  readonly version: string;
  /** Contents by path inside the package. A `package.json` here replaces the generated one in the tarball only. */
  readonly files: Readonly<Record<string, FileContent>>;
  /** Further fields of `package.json`: `bin`, `engines`, `os` … */
  readonly manifest?: Readonly<Record<string, unknown>>;
};

/** A package as it is published: plain data, so that a test can spread it and lie about any part. */
export type PackedPackage = {
  readonly name: string;
  readonly version: string;
  readonly tarball: Buffer;
  /** `sha512-…`, base64. */
  readonly integrity: string;
  /** SHA-1, hex. */
  readonly shasum: string;
  /** What the registry announces for this version. */
  readonly manifest: PackageManifest;
  readonly unpackedSize: number;
  readonly fileCount: number;
};

type PlainFile = { readonly path: string; readonly content: Buffer; readonly mode: number };

const plainFile = (path: string, file: FileContent): PlainFile => {
  const { content, mode = 0o644 } =
    typeof file === 'string' || Buffer.isBuffer(file) ? { content: file } : file;
  return { path, content: Buffer.from(content), mode };
};

const byPath = (a: PlainFile, b: PlainFile): number => (a.path < b.path ? -1 : 1);

/** The files of a package as they lie on disk, `package.json` first, the rest by path. */
export const packageFiles = (source: PackageSource): readonly PlainFile[] => {
  const manifest = `${JSON.stringify(manifestOf(source), null, 2)}\n`;
  const { 'package.json': own = manifest, ...rest } = source.files;
  const others = Object.entries(rest).map(([path, file]) => plainFile(path, file));
  return [plainFile('package.json', own), ...others.sort(byPath)];
};

const manifestOf = (source: PackageSource): PackageManifest => ({
  ...source.manifest,
  name: source.name,
  version: source.version,
});

const digests = (tarball: Buffer): Pick<PackedPackage, 'tarball' | 'integrity' | 'shasum'> => ({
  tarball,
  integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
  shasum: createHash('sha1').update(tarball).digest('hex'),
});

/** Packs files as `npm pack` does: one top folder `package/`, fixed dates, the same bytes for the same files. */
export const makePackage = (source: PackageSource): PackedPackage => {
  const files = packageFiles(source);
  const entries = files.map(file => ({ ...file, path: `package/${file.path}` }));
  return {
    name: source.name,
    version: source.version,
    ...digests(rawTarball(entries)),
    manifest: manifestOf(source),
    unpackedSize: files.reduce((total, file) => total + file.content.length, 0),
    fileCount: files.length,
  };
};

/** The same package with other bytes and the hashes that fit them: a hostile archive, honestly announced. */
export const withTarball = (packed: PackedPackage, tarball: Buffer): PackedPackage => ({
  ...packed,
  ...digests(tarball),
});
