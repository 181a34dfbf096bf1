import path from 'node:path';
import { StagedoorError } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';
import { asArray, asRecord, readJson } from '../store/json-shape.ts';
import { bounds } from './bounds.ts';
import type { LockedPackage } from './core-lock.ts';
import { joinedPackage } from './joined-package.ts';
import { packagesOfMetafile } from './metafile.ts';
import { isPackageName, isVersion } from './naming.ts';
import { packageKey } from './order.ts';

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

/**
 * The packages that a bundler joined into files, from its metafile (esbuild's form) or a list of `{name, version}`. Each version
 * once. What can't be told for certain is an error: a package that is missing here would be installed a second time.
 */
export const readJoinedPackages = (fs: FileSystem, file: string): readonly LockedPackage[] => {
  const read = readJson(fs, file, bounds.document);
  if (read.kind === 'absent') throw wrong(file, 'there is no such file');
  if (read.kind === 'invalid') throw wrong(file, read.reason);
  const record = asRecord(read.value);
  const outputs = asRecord(record?.outputs);
  if (!Array.isArray(read.value) && outputs === null) throw wrong(file, 'it has no outputs and is no list');
  const packages =
    record === null || outputs === null
      ? fromList(asArray(read.value), file)
      : packagesOfMetafile(fs, path.dirname(file), { inputs: asRecord(record.inputs) ?? {}, outputs });
  const byKey = new Map(packages.map(one => [packageKey(one), one]));
  if (byKey.size > bounds.packages) throw wrong(file, `it names more than ${bounds.packages}`);
  return [...byKey.values()];
};
