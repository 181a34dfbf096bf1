import path from 'node:path';
import { StagedoorError } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';
import { asRecord, readJson } from '../store/json-shape.ts';
import { bounds } from './bounds.ts';
import type { LockedPackage } from './core-lock.ts';
import { joinedPackage } from './joined-package.ts';
import { packagesOfMetafile } from './metafile.ts';
import { isPackageName, isVersion } from './naming.ts';
import { packageKey, sortedSet } from './order.ts';
import { otherForm } from './other-forms.ts';

const wrong = (file: string, reason: string): StagedoorError =>
  new StagedoorError('PACKAGE_INVALID', `${file} does not say which packages are joined: ${reason}`, {
    hint: "It is esbuild's metafile, or a JSON list of {name, version}.",
  });

const fromList = (list: readonly unknown[], file: string): readonly LockedPackage[] =>
  list.map((entry, index) => {
    const { name, version } = asRecord(entry) ?? {};
    if (!isPackageName(name) || !isVersion(version))
      throw wrong(file, `entry ${index + 1} has no name and version`);
    return joinedPackage(name, version, [name]);
  });

/** Each version once, with all the specifiers that anybody gave of it. */
export const eachOnce = (packages: readonly LockedPackage[]): readonly LockedPackage[] => {
  const byKey = new Map<string, LockedPackage>();
  for (const one of packages) {
    const modules = byKey.get(packageKey(one))?.modules ?? [];
    byKey.set(packageKey(one), { ...one, modules: sortedSet([...modules, ...one.modules]) });
  }
  return [...byKey.values()];
};

const bounded = (packages: readonly LockedPackage[], file: string): readonly LockedPackage[] => {
  const distinct = eachOnce(packages);
  if (distinct.length <= bounds.packages) return distinct;
  throw wrong(file, `it names more than ${bounds.packages}`);
};

const parsedFile = (fs: FileSystem, file: string, limit: number): unknown => {
  const read = readJson(fs, file, limit);
  if (read.kind === 'absent') throw wrong(file, 'there is no such file');
  if (read.kind === 'invalid') throw wrong(file, read.reason);
  return read.value;
};

/** The packages of a list of `{name, version}` alone; `limit` in bytes. */
export const readJoinedList = (fs: FileSystem, file: string, limit: number): readonly LockedPackage[] => {
  const shown = path.basename(file);
  const value = parsedFile(fs, file, limit);
  if (!Array.isArray(value)) throw wrong(shown, otherForm(asRecord(value)) ?? 'it is no list');
  return bounded(fromList(value, shown), shown);
};

/**
 * The packages that a bundler joined into files, from its metafile (esbuild's form) or a list of `{name, version}`. Each version
 * once. What can't be told for certain is an error: a package that is missing here would be installed a second time.
 */
export const readJoinedPackages = (fs: FileSystem, file: string): readonly LockedPackage[] => {
  const value = parsedFile(fs, file, bounds.document);
  if (Array.isArray(value)) return bounded(fromList(value, file), file);
  const record = asRecord(value);
  const [inputs, outputs] = [asRecord(record?.inputs), asRecord(record?.outputs)];
  if (outputs === null) throw wrong(file, otherForm(record) ?? 'it has no outputs and is no list');
  if (inputs === null) throw wrong(file, 'it has no inputs');
  return bounded(packagesOfMetafile(fs, path.dirname(file), { inputs, outputs }), file);
};
