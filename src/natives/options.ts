import path from 'node:path';
import semverValid from 'semver/functions/valid.js';
import type { NativeDependency, Pin } from './dependency.ts';

/** Says what is wrong with which part of a native dependency; the caller makes it an error in its own words. */
export type Wrong = (value: unknown, expected: string) => Error;

const packageName = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/i;
const moduleName = /^[a-z_]\w{0,99}$/i;
const pinName = /^(?<name>(?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*)@(?<version>[\w.!+-]{1,100})$/i;
const npmHash = /^sha512-[a-z0-9+/]{86}==$/i;
const pythonHash = /^sha256:[0-9a-f]{64}$/;

const recordOf = (value: unknown): Readonly<Record<string, unknown>> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;

const hashesOf = (spec: string, version: string, value: unknown, wrong: Wrong): readonly string[] => {
  const hashes = typeof value === 'string' ? value.trim().split(/\s+/) : [];
  const npm = hashes.length === 1 && npmHash.test(hashes[0] ?? '');
  if (npm && semverValid(version) !== version) throw wrong(spec, 'pinned to an exact version');
  if (npm || (hashes.length > 0 && hashes.every(hash => pythonHash.test(hash)))) return hashes;
  throw wrong({ [spec]: value }, 'pinned by sha512-… (npm) or sha256:… (Python)');
};

const pinOf = ([spec, value]: readonly [string, unknown], wrong: Wrong): Pin => {
  const { name, version } = pinName.exec(spec)?.groups ?? {};
  if (name === undefined || version === undefined || name.includes('..'))
    throw wrong(spec, 'pinned as NAME@VERSION');
  return { name, version, hashes: hashesOf(spec, version, value, wrong) };
};

/** Two names that are one folder on some system, or one distribution to Python. */
const placeOf = ({ name, hashes }: Pin): string => {
  const folded = name.toLowerCase();
  return hashes.some(hash => npmHash.test(hash)) ? `npm:${folded}` : folded.replace(/[-_.]+/g, '-');
};

/** A tree has one place for each name: of two versions, nobody could say which one is loaded. */
const firstTwice = (pins: readonly Pin[]): Pin | undefined =>
  pins.find((pin, index) => pins.findIndex(other => placeOf(other) === placeOf(pin)) < index);

/** Natives may share what they need: each pin once. */
export const uniquePins = (pins: readonly Pin[]): readonly Pin[] => [
  ...new Map(pins.map(pin => [`${pin.name}@${pin.version} ${pin.hashes.join(' ')}`, pin])).values(),
];

const pinsOf = (value: unknown, wrong: Wrong): readonly Pin[] => {
  if (value === undefined) return [];
  const record = recordOf(value);
  if (record === null) throw wrong(value, 'installed from an object of NAME@VERSION and hash');
  const pins = Object.entries(record).map(entry => pinOf(entry, wrong));
  const twice = firstTwice(pins);
  if (twice === undefined) return pins;
  throw wrong(`${twice.name}@${twice.version}`, 'pinned in one version each');
};

/** The first pin that can not share a tree with those of another native; the very same pin can. */
export const conflictingPin = (natives: readonly NativeDependency[]): Pin | undefined =>
  firstTwice(uniquePins(natives.flatMap(({ pins }) => pins)));

/** A native dependency as an app names it, checked. Paths become absolute. */
export const nativeDependency = (
  native: unknown,
  bundledDir: string | null,
  wrong: Wrong,
): NativeDependency => {
  const { name, dir, module, install, build, optional } = recordOf(native) ?? {};
  if (typeof name !== 'string' || !packageName.test(name) || name.includes('..'))
    throw wrong(name ?? native, 'names of npm packages');
  if (dir !== undefined && (typeof dir !== 'string' || dir === '')) throw wrong(dir, 'given with a folder');
  if (build !== undefined && typeof build !== 'boolean') throw wrong(build, 'given with build true or false');
  if (optional !== undefined && typeof optional !== 'boolean')
    throw wrong(optional, 'given with optional true or false');
  if (module !== undefined && (typeof module !== 'string' || !moduleName.test(module)))
    throw wrong(module, 'given with the name of a Python module');
  const pins = pinsOf(install, wrong);
  if (dir === undefined && bundledDir === null && pins.length === 0)
    throw wrong(name, 'given with a folder where there is no bundled runtime');
  const usual = bundledDir === null ? null : path.join(bundledDir, 'node_modules', ...name.split('/'));
  return {
    name,
    dir: dir === undefined ? usual : path.resolve(dir),
    module: module ?? name.replaceAll('-', '_'),
    pins,
    build: build === true,
    optional: optional === true,
  };
};
