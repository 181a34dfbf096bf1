import { createHash } from 'node:crypto';
import type { FileSystem } from '../../store/file-system.ts';
import { asArray, asRecord, asText, readValue } from '../../store/json-shape.ts';
import { sizeLimits } from '../../store/small-file.ts';
import { ownVersion } from '../../version.ts';
import type { Pin } from '../dependency.ts';

/** What a tree says that it holds: written into it, and read back as the word of a stranger. */
export type Stamp = {
  readonly schema: 1;
  /** Our own version, which made it. */
  readonly stagedoor: string;
  readonly tag: string;
  /** The native dependencies that it is for. */
  readonly names: readonly string[];
  readonly pins: readonly Pin[];
  /** Names of those that may be, or were, built from source. */
  readonly built: readonly string[];
};

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const sorted = (texts: readonly string[]): readonly string[] => [...texts].sort(compareText);

const pinTexts = (pins: readonly Pin[]): readonly string[] =>
  sorted(pins.map(({ name, version, hashes }) => `${name}@${version} ${sorted(hashes).join(' ')}`));

/** A pre-release of our own goes on with a dot: semver has one hyphen for all of it. */
const prefixOf = (version: string): string => `${version}${version.includes('-') ? '.' : '-'}n`;

/**
 * The name of a tree's folder: our version and a digest of the natives that it serves and of what it is to hold
 * (N-04), in any order. A version to the store's
 * layout, so that a tree of another stamp is another folder and nothing in use is ever replaced.
 */
export const stampOf = (
  names: readonly string[],
  pins: readonly Pin[],
  buildable: readonly string[],
): string => {
  const holds = JSON.stringify([sorted(names), pinTexts(pins), sorted(buildable)]);
  const digest = createHash('sha256').update(holds).digest('hex').slice(0, 24);
  return `${prefixOf(ownVersion)}${digest}`;
};

/** Is a stamp's folder one that this version of us names? */
export const isMadeBy = (version: string, stamp: string): boolean => {
  const prefix = prefixOf(version);
  return stamp.startsWith(prefix) && /^[0-9a-f]{24}$/.test(stamp.slice(prefix.length));
};

export const serializeStamp = (stamp: Stamp): string => {
  const { schema, stagedoor, tag, names, pins, built } = stamp;
  const packages = [...pins]
    .sort((a, b) => compareText(a.name, b.name))
    .map(({ name, version, hashes }) => ({ name, version, hashes: sorted(hashes) }));
  return `${JSON.stringify({ schema, stagedoor, tag, names: sorted(names), packages, built: sorted(built) })}\n`;
};

const textsOf = (value: unknown): readonly string[] =>
  asArray(value).filter(item => typeof item === 'string');

const pinOf = (value: unknown): Pin | null => {
  const record = asRecord(value);
  const [name, version] = [asText(record?.name), asText(record?.version)];
  return name === null || version === null ? null : { name, version, hashes: textsOf(record?.hashes) };
};

/** Null for what is no stamp. */
export const readStamp = (fs: FileSystem, file: string): Stamp | null => {
  const record = asRecord(readValue(fs, file, sizeLimits.document));
  if (record === null || record.schema !== 1) return null;
  const [stagedoor, tag] = [asText(record.stagedoor), asText(record.tag)];
  if (stagedoor === null || tag === null) return null;
  const pins = asArray(record.packages)
    .map(pinOf)
    .filter(pin => pin !== null);
  return { schema: 1, stagedoor, tag, names: textsOf(record.names), pins, built: textsOf(record.built) };
};
