import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { PackedPackage } from './packages.ts';

export type PublishOptions = {
  /** The dist-tag that moves to this version; default `latest`. */
  readonly tag?: string;
  /** Time of publication, ISO 8601; default: a fixed day, one minute later for each publication. */
  readonly time?: string;
  /** Another integrity than the tarball's; null: neither integrity nor shasum; `sha1-only`: the shasum alone. */
  readonly integrity?: string | null;
  /** What `npm deprecate` says of it. */
  readonly deprecated?: string;
  /** Another place for the tarball. */
  readonly tarballUrl?: string;
};

export type Publication = { readonly packed: PackedPackage; readonly options: PublishOptions };

/** Everything published under one name. */
export type PublishedPackage = {
  readonly name: string;
  readonly tags: Map<string, string>;
  readonly versions: Map<string, Publication>;
  /** When each version was published, ISO 8601. */
  readonly times: Map<string, string>;
};

/** A response body, ready to be sent. */
export type Document = { readonly body: Buffer; readonly gzipped: Buffer; readonly etag: string };

/** The fields of a version that npm's registry keeps in the short form: neither `main` nor `libc` is among them. */
const shortFields = new Set([
  'name',
  'version',
  'deprecated',
  'dependencies',
  'optionalDependencies',
  'devDependencies',
  'bundleDependencies',
  'peerDependencies',
  'peerDependenciesMeta',
  'acceptDependencies',
  'bin',
  'directories',
  'engines',
  'cpu',
  'os',
  'funding',
  'hasInstallScript',
]);

/** The last part of a tarball's path, as npm names it. */
export const tarballName = (name: string, version: string): string =>
  `${name.slice(name.lastIndexOf('/') + 1)}-${version}.tgz`;

const hashes = (packed: PackedPackage, integrity: string | null | undefined): Record<string, string> => {
  if (integrity === null) return {};
  if (integrity === 'sha1-only') return { shasum: packed.shasum };
  return { shasum: packed.shasum, integrity: integrity ?? packed.integrity };
};

/** One version as the registry announces it. */
export const versionDocument = (
  { packed, options }: Publication,
  registry: string,
): Record<string, unknown> => ({
  ...packed.manifest,
  ...(options.deprecated === undefined ? {} : { deprecated: options.deprecated }),
  _id: `${packed.name}@${packed.version}`,
  dist: {
    tarball: options.tarballUrl ?? `${registry}/${packed.name}/-/${tarballName(packed.name, packed.version)}`,
    ...hashes(packed, options.integrity),
    fileCount: packed.fileCount,
    unpackedSize: packed.unpackedSize,
  },
});

const shortVersion = (version: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(version).filter(([field]) => field === 'dist' || shortFields.has(field)));

/** The document of a package, in full or in the short form meant for installing. */
export const packument = (
  published: PublishedPackage,
  registry: string,
  form: 'full' | 'short',
): Record<string, unknown> => {
  const pick = form === 'full' ? (version: Record<string, unknown>) => version : shortVersion;
  const versions = [...published.versions].map(([version, publication]) => [
    version,
    pick(versionDocument(publication, registry)),
  ]);
  const times = [...published.times.values()].sort((a, b) => Date.parse(a) - Date.parse(b));
  const common = {
    name: published.name,
    'dist-tags': Object.fromEntries(published.tags),
    versions: Object.fromEntries(versions),
  };
  if (form === 'short') return { ...common, modified: times.at(-1) };
  const time = { created: times[0], modified: times.at(-1), ...Object.fromEntries(published.times) };
  return { _id: published.name, ...common, time };
};

/** JSON with its compressed form and its tag for conditional requests. */
export const toDocument = (value: unknown): Document => {
  const body = Buffer.from(JSON.stringify(value));
  const etag = `"${createHash('sha1').update(body).digest('hex')}"`;
  return { body, gzipped: gzipSync(body), etag };
};
