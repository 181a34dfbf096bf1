import path from 'node:path';
import type { FileSystem } from '../store/file-system.ts';
import { asArray, asRecord, asText, type JsonRecord, readValue } from '../store/json-shape.ts';
import { targetClaims } from './claims.ts';
import { neighbourFolders, realPlace } from './module-folders.ts';
import { isNativeName, nativeFile, nativeFilesBelow } from './native-files.ts';
import type { Offer, PlatformPackage } from './offer.ts';
import { isFolder, orNull } from './tolerant-look.ts';

/** Loaders that take the first file in `build` that they find, whether it can be loaded or not. */
const buildFirstLoaders = ['node-gyp-build', 'node-gyp-build-optional-packages', 'bindings'];
const mostPlatformPackages = 64;
const packageName = /^(?:@[\w.~-]+\/)?[\w.~-]+$/;

const manifestOf = (fs: FileSystem, dir: string): JsonRecord | null =>
  asRecord(readValue(fs, path.join(dir, 'package.json')));

/** npm takes a single text for a list of one. */
const textsOf = (value: unknown): readonly string[] =>
  (typeof value === 'string' ? [value] : asArray(value))
    .filter(item => typeof item === 'string')
    .slice(0, 32);

/** Where a package finds others: its real folder, and the folders that a loader goes through from there. */
type Surroundings = { readonly fs: FileSystem; readonly real: string; readonly modules: readonly string[] };

const neighbour = ({ fs, modules }: Surroundings, name: string): string | null =>
  modules.map(folder => path.join(folder, name)).find(place => manifestOf(fs, place)?.name === name) ?? null;

const platformPackage = (around: Surroundings, name: string): PlatformPackage | null => {
  const claims = targetClaims(name);
  if (claims === null) return null;
  const place = neighbour(around, name);
  if (place === null) return { name, claims, demands: null, files: [], beside: false };
  const { fs, real } = around;
  const { os, cpu, libc } = manifestOf(fs, place) ?? {};
  const demands = { os: textsOf(os), cpu: textsOf(cpu), libc: textsOf(libc) };
  const beside = !place.startsWith(real + path.sep);
  return { name, claims, demands, files: nativeFilesBelow(fs, place).files, beside };
};

/** As napi-rs names what runs on every system. */
const isWasm = (name: string): boolean => /[-/.]wasm32(?:-|$)/.test(name);

type Optional = Pick<Offer, 'platformPackages' | 'wasm'>;

const optionalPackages = (fs: FileSystem, dir: string, own: string, manifest: JsonRecord): Optional => {
  const names = Object.keys(asRecord(manifest.optionalDependencies) ?? {})
    .slice(0, mostPlatformPackages)
    .filter(name => packageName.test(name) && !name.includes('..'));
  if (names.length === 0) return { platformPackages: [], wasm: null };
  const around = { fs, real: realPlace(fs, dir), modules: neighbourFolders(fs, dir, own) };
  return {
    platformPackages: names.map(name => platformPackage(around, name)).filter(found => found !== null),
    wasm: names.find(name => isWasm(name) && neighbour(around, name) !== null) ?? null,
  };
};

/** What an npm package has, from its folder; null where there is no package. Bounded, whatever it holds. */
export const readOffer = (fs: FileSystem, dir: string): Offer | null => {
  const manifest = manifestOf(fs, dir);
  if (manifest === null) return null;
  const name = asText(manifest.name) ?? path.basename(dir);
  const needs = asRecord(manifest.dependencies) ?? {};
  return {
    name,
    ...nativeFilesBelow(fs, dir),
    ...optionalPackages(fs, dir, name, manifest),
    takesBuildFirst: buildFirstLoaders.some(loader => Object.hasOwn(needs, loader)),
  };
};

/**
 * What a folder of Python packages has of one import: the files of a package `<folder>/<name>/`, or the module's own
 * `<folder>/<name>.<suffix>`; null where there is neither.
 */
export const readModule = (fs: FileSystem, folder: string, name: string): Offer | null => {
  if (!/^\w+$/.test(name)) return null;
  const own = (orNull(() => fs.readdirSync(folder)) ?? [])
    .filter(entry => entry.startsWith(`${name}.`) && isNativeName(entry))
    .slice(0, 32)
    .map(entry => nativeFile(fs, folder, entry));
  const dir = path.join(folder, name);
  if (own.length === 0 && !isFolder(fs, dir)) return null;
  const below = nativeFilesBelow(fs, dir);
  const files = [...own, ...below.files.map(file => ({ ...file, path: `${name}/${file.path}` }))];
  const { complete } = below;
  return { name, files, platformPackages: [], wasm: null, takesBuildFirst: false, complete };
};
