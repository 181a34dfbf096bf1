import { oneLine } from '../failure.ts';
import { asRecord, type JsonRecord, unknownKey } from '../store/json-shape.ts';
import { bounds } from './bounds.ts';
import type { CoreLock, LockedPackage } from './core-lock.ts';
import { isIntegrity, isPackageName, isPlace, isPlainText, isVersion } from './naming.ts';
import { packageKey, sortedLock } from './order.ts';

/** What a value is, or why it is nothing that can be used. */
export type Parsed<T> = { readonly value: T } | { readonly reason: string };

const keys = ['ecosystem', 'name', 'version', 'integrity', 'place', 'modules'];

const pythonName = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

const isNamed = (ecosystem: 'npm' | 'python', name: unknown): name is string =>
  ecosystem === 'npm'
    ? isPackageName(name)
    : typeof name === 'string' && name.length <= bounds.text && pythonName.test(name);

/** An archive of Python may be known by another hash than npm's. */
const isHash = (ecosystem: 'npm' | 'python', value: unknown): value is string =>
  ecosystem === 'npm' ? isIntegrity(value) : isPlainText(value);

const isModules = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length <= bounds.modules && value.every(isPlainText);

/** The first thing that is wrong with a package, in words. */
const packageOf = (record: JsonRecord): Parsed<LockedPackage> => {
  const { ecosystem, name, version, integrity, place, modules } = record;
  const odd = unknownKey(record, keys);
  if (odd !== undefined) return { reason: `has the unknown key ${JSON.stringify(odd)}` };
  if (ecosystem !== 'npm' && ecosystem !== 'python') return { reason: 'is of no known ecosystem' };
  if (!isNamed(ecosystem, name)) return { reason: 'has a name that is none' };
  if (!isVersion(version)) return { reason: 'has a version that is none' };
  if (integrity !== null && !isHash(ecosystem, integrity)) return { reason: 'has an integrity that is none' };
  if (place !== null && !isPlace(place)) return { reason: 'lies outside of the tree' };
  if (!isModules(modules)) return { reason: 'has a list of modules that is none' };
  return { value: { ecosystem, name, version, integrity, place, modules } };
};

const packagesOf = (list: unknown): Parsed<readonly LockedPackage[]> => {
  if (!Array.isArray(list)) return { reason: 'it has no list of packages' };
  if (list.length > bounds.packages) return { reason: `it has more than ${bounds.packages} packages` };
  const packages = new Map<string, LockedPackage>();
  for (const [index, entry] of list.entries()) {
    const parsed = packageOf(asRecord(entry) ?? {});
    if ('reason' in parsed) return { reason: `package ${index + 1} ${parsed.reason}` };
    const key = packageKey(parsed.value);
    if (packages.has(key)) return { reason: `package ${index + 1} is there twice` };
    packages.set(key, parsed.value);
  }
  return { value: [...packages.values()] };
};

const isAliases = (value: unknown): value is Readonly<Record<string, string>> => {
  const entries = Object.entries(asRecord(value) ?? { '': '' });
  return entries.length <= bounds.aliases && entries.every(pair => pair.every(isPlainText));
};

/** A value as a core lock, in the order of one; everything in it is checked, for a plugin may have written the file. */
export const coreLockOf = (value: unknown): Parsed<CoreLock> => {
  const record = asRecord(value);
  if (record === null) return { reason: 'it is no JSON object' };
  if (record.schema === undefined) return { reason: 'its schema is missing, not 1' };
  if (record.schema !== 1)
    return { reason: `its schema is ${oneLine(JSON.stringify(record.schema), 40)}, not 1` };
  const odd = unknownKey(record, ['schema', 'packages', 'aliases']);
  if (odd !== undefined) return { reason: `it has the unknown key ${JSON.stringify(odd)}` };
  const packages = packagesOf(record.packages);
  if ('reason' in packages) return packages;
  if (!isAliases(record.aliases)) return { reason: 'its aliases are none' };
  return { value: sortedLock({ packages: packages.value, aliases: record.aliases }) };
};
