import path from 'node:path';
import type { Ecosystem, PluginDemand, PluginPackage, PluginWish } from '../../machines/contract.ts';
import { bounds } from '../core-lock/bounds.ts';
import { isPlace, isPlainText, isVersion } from '../core-lock/naming.ts';
import type { FileSystem } from '../store/file-system.ts';
import { asRecord, type JsonRecord, parseJson, readValue, unknownKey } from '../store/json-shape.ts';
import { sizeLimits } from '../store/small-file.ts';
import type { Compiled } from './compiled.ts';
import { isPluginName, pluginRecordName } from './place.ts';

/** What a plugin is, written into its own tree, and read back as the word of a stranger. */
export type PluginRecord = {
  readonly schema: 1;
  /** Our own version, which installed it. */
  readonly stagedoor: string;
  readonly wish: PluginWish;
  readonly version: string;
  /** The plugin itself first. */
  readonly packages: readonly PluginPackage[];
  readonly demands: readonly PluginDemand[];
  /** What came in an archive, belongs to the runtime, and was left out. */
  readonly stripped: readonly string[];
  /** Null: nothing is, or an earlier version of ours has not said. */
  readonly compiled: Compiled | null;
};

const keys = ['schema', 'stagedoor', 'wish', 'version', 'packages', 'demands', 'stripped', 'compiled'];
/** Packages between a plugin and who asks for it; npm's own trees have a few. */
const longestChain = 1000;

const isTextOrEmpty = (value: unknown): value is string => value === '' || isPlainText(value);

const isTexts = (value: unknown, most: number): value is readonly string[] =>
  Array.isArray(value) && value.length <= most && value.every(isPlainText);

const wishOf = (value: unknown): PluginWish | null => {
  const { ecosystem, name, spec } = asRecord(value) ?? {};
  if (ecosystem !== 'npm' && ecosystem !== 'python') return null;
  if (!isPluginName(ecosystem, name) || !(spec === null || isPlainText(spec))) return null;
  return { ecosystem, name, spec };
};

const packageOf = (ecosystem: Ecosystem, value: unknown): PluginPackage | null => {
  const { name, version, integrity, place } = asRecord(value) ?? {};
  if (!isPluginName(ecosystem, name) || !isVersion(version)) return null;
  return isPlainText(integrity) && isPlace(place) ? { name, version, integrity, place } : null;
};

const demandOf = (value: unknown): PluginDemand | null => {
  const { as, name, range, chain } = asRecord(value) ?? {};
  if (!isPlainText(as) || !isPlainText(name) || !isTextOrEmpty(range)) return null;
  return isTexts(chain, longestChain) && chain.length > 0 ? { as, name, range, chain } : null;
};

/** Undefined where it is damaged. */
const compiledOf = (value: unknown): Compiled | null | undefined => {
  if (value === undefined) return null;
  const { abi, unfit } = asRecord(value) ?? {};
  if (!(abi === null || isPlainText(abi)) || !isTexts(unfit, bounds.packages)) return undefined;
  return { abi, unfit };
};

/** Null where one of them is nothing that can be used. */
const allOf = <T>(value: unknown, most: number, parse: (item: unknown) => T | null): readonly T[] | null => {
  if (!Array.isArray(value) || value.length > most) return null;
  const parsed = value.map(parse).filter(item => item !== null);
  return parsed.length === value.length ? parsed : null;
};

const recordOf = (record: JsonRecord): PluginRecord | null => {
  const { schema, stagedoor, version, stripped } = record;
  const wish = wishOf(record.wish);
  if (schema !== 1 || wish === null || unknownKey(record, keys) !== undefined) return null;
  if (!isVersion(stagedoor) || !isVersion(version) || !isTexts(stripped, bounds.packages)) return null;
  const packages = allOf(record.packages, bounds.packages, item => packageOf(wish.ecosystem, item));
  const demands = allOf(record.demands, bounds.packages, demandOf);
  const compiled = compiledOf(record.compiled);
  const itself = packages?.[0];
  if (packages === null || demands === null || itself === undefined || compiled === undefined) return null;
  const isItself = itself.name === wish.name && itself.version === version;
  return isItself ? { schema, stagedoor, wish, version, packages, demands, stripped, compiled } : null;
};

/** The record in a text; null for anything that is not one whole record. */
export const parsePluginRecord = (text: string): PluginRecord | null => {
  const record = asRecord(parseJson(text));
  return record === null ? null : recordOf(record);
};

/** The record in the tree of a plugin; null where it is missing, too large or damaged. */
export const readPluginRecord = (fs: FileSystem, tree: string): PluginRecord | null => {
  const record = asRecord(readValue(fs, path.join(tree, pluginRecordName), sizeLimits.document));
  return record === null ? null : recordOf(record);
};

const list = (items: readonly unknown[]): string =>
  items.length === 0 ? '[]' : `[\n${items.map(item => JSON.stringify(item)).join(',\n')}\n]`;

/** A line for each package and demand, in the order of the plan. */
export const serializePluginRecord = (record: PluginRecord): string => {
  const { schema, stagedoor, version, stripped, compiled } = record;
  const { ecosystem, name, spec } = record.wish;
  const head = JSON.stringify({ schema, stagedoor, wish: { ecosystem, name, spec }, version });
  const packages = record.packages.map(({ name, version, integrity, place }) => ({
    ...{ name, version, integrity, place },
  }));
  const demands = record.demands.map(({ as, name, range, chain }) => ({ as, name, range, chain }));
  const rest = `"packages":${list(packages)},"demands":${list(demands)},"stripped":${list(stripped)}`;
  const built = compiled === null ? '' : `,"compiled":${JSON.stringify(compiled)}`;
  return `${head.slice(0, -1)},${rest}${built}}\n`;
};
