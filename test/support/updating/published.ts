import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { packument } from '#src/testing/documents.js';
import { makePackage, type PackedPackage, rawTarball, withTarball } from '#src/testing/index.js';
import { lockName, lockOfPackages } from '../locked.ts';
import { lookOf, type Shape } from './disk.ts';

export const packageName = 'app-runtime';
/** What `engines` calls the shell. */
export const shellName = 'app-shell';
export const versionOf = (minor: number): string => `1.${minor}.0`;

/** What is wrong with a package, if anything. */
export type Flavour = 'plain' | 'demanding' | 'outgrown' | 'linked' | 'escaping' | 'entryless';

const noise = (version: string): Buffer =>
  Buffer.concat(
    Array.from({ length: 64 }, (_, at) => createHash('sha512').update(`${version} ${at}`).digest()),
  );

const manifestOf = (version: string, flavour: Flavour) => ({
  name: packageName,
  version,
  bin: flavour === 'entryless' ? 'missing.js' : 'cli.js',
  ...(flavour === 'demanding' ? { engines: { node: '>=99' } } : {}),
  ...(flavour === 'outgrown' ? { engines: { [shellName]: '>=2' } } : {}),
});

/** The files of a version, `package.json` included: nothing about them is left to the code under test. */
const contentsOf = (version: string, flavour: Flavour): Readonly<Record<string, string | Buffer>> => ({
  'package.json': JSON.stringify(manifestOf(version, flavour)),
  'cli.js': `console.log(${JSON.stringify(version)});\n`,
  'lib/deep/module.js': `export const version = ${JSON.stringify(version)};\n`,
  'lib/noise.bin': noise(version),
});

const hostileEntry = {
  linked: { path: 'package/lib/link', type: 'SymbolicLink', linkpath: '/etc/passwd' },
  escaping: { path: 'package/../../../escaped.js', content: 'evil' },
} as const;

const packages = new Map<string, PackedPackage>();

/** A version as the registry serves it; the same object for the same arguments. */
export const published = (version: string, flavour: Flavour = 'plain'): PackedPackage => {
  const key = `${version} ${flavour}`;
  const known = packages.get(key);
  if (known !== undefined) return known;
  const files = contentsOf(version, flavour);
  const plain = makePackage({
    name: packageName,
    version,
    files,
    manifest: manifestOf(version, flavour),
  });
  const entries = Object.entries(files).map(([name, content]) => ({ path: `package/${name}`, content }));
  const made =
    flavour === 'linked' || flavour === 'escaping'
      ? withTarball(plain, rawTarball([...entries, hostileEntry[flavour]]))
      : plain;
  packages.set(key, made);
  return made;
};

/** The newest of all, for a newer shell. */
export const outgrownVersion = '9.0.0';

/** A document that names only these versions, the last one as the newest. */
export const documentOf = (registry: string, list: readonly PackedPackage[]): Buffer => {
  const versions = new Map(list.map(packed => [packed.version, { packed, options: {} }]));
  const tags = new Map([['latest', list.at(-1)?.version ?? '']]);
  const document = packument({ name: packageName, tags, versions, times: new Map() }, registry, 'short');
  return Buffer.from(JSON.stringify(document));
};

const nativeFiles = {
  'package.json': { content: '{"name":"native-dep","main":"index.js"}', mode: 0o644 },
  'build/addon.node': { content: 'machine code', mode: 0o644 },
  'build/helper': { content: '#!/bin/sh\n', mode: 0o755 },
} as const;
const shared = 'exports.shared = true;\n';

export const nativeName = 'native-dep';

/** The native dependency as a package manager leaves it in a bundle: with a link to a file elsewhere in the bundle. */
export const writeNative = (bundle: string): string => {
  const dir = path.join(bundle, 'node_modules', nativeName);
  mkdirSync(path.join(dir, 'build'), { recursive: true });
  mkdirSync(path.join(bundle, 'shared'));
  for (const [name, { content, mode }] of Object.entries(nativeFiles)) {
    writeFileSync(path.join(dir, name), content, { mode });
  }
  writeFileSync(path.join(bundle, 'shared', 'common.js'), shared);
  symlinkSync(path.join('..', '..', 'shared', 'common.js'), path.join(dir, 'common.js'));
  return dir;
};

/** What must lie in `versions/<v>`: the published files with the modes that npm gives them, the natives, and the lock. */
export const treeOf = (version: string): Shape => {
  const own = Object.entries(contentsOf(version, 'plain')).map(([name, content]) => [
    name,
    lookOf(name === 'cli.js' ? 0o755 : 0o644, content),
  ]);
  const natives = Object.entries(nativeFiles).map(([name, { content, mode }]) => [
    `node_modules/${nativeName}/${name}`,
    lookOf(mode, content),
  ]);
  const link = [`node_modules/${nativeName}/common.js`, lookOf(0o644, shared)];
  // The native has no version: it is no package that can be locked.
  const lock = [lockName, lookOf(0o644, lockOfPackages({ name: packageName, version, place: '.' }))];
  return new Map([...own, ...natives, link, lock] as [string, string][]);
};
