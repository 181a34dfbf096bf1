import path from 'node:path';
import { StagedoorError } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';
import { asArray, asRecord, asText, type JsonRecord } from '../store/json-shape.ts';
import type { LockedPackage } from './core-lock.ts';
import { grouped } from './grouping.ts';
import { joinedPackage } from './joined-package.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { isPackageName, isPlainText } from './naming.ts';
import { sortedSet } from './order.ts';

/** The two parts of a metafile. Paths are relative to the folder that the bundler ran in. */
export type Metafile = { readonly inputs: JsonRecord; readonly outputs: JsonRecord };

/** An input that is a file of a package: `<dir>` ends with `node_modules/<name>`. */
type Input = { readonly path: string; readonly dir: string; readonly name: string };

const inPackage =
  /^(?<dir>(?:.*\/)?node_modules\/(?<name>@[^/]+\/[^/]+|[^/@][^/]*))\/(?!.*(?:^|\/)node_modules\/)/;

const packageInput = (text: string): Input | null => {
  const { dir, name } = inPackage.exec(text.replaceAll('\\', '/'))?.groups ?? {};
  // `(disabled):…` is an empty module in the place of a file.
  return dir === undefined || !isPackageName(name) || text.startsWith('(disabled):')
    ? null
    : { path: text, dir, name };
};

/** Inputs of which something is left in an output. */
const keptInputs = (outputs: JsonRecord): readonly Input[] => {
  const kept = Object.values(outputs).flatMap(output =>
    Object.entries(asRecord(asRecord(output)?.inputs) ?? {})
      .filter(([, input]) => asRecord(input)?.bytesInOutput !== 0)
      .map(([text]) => text),
  );
  return sortedSet(kept)
    .map(packageInput)
    .filter(input => input !== null);
};

/** What the bundle's files asked for, by the path that it led to. */
const requestsIn = (inputs: JsonRecord): ReadonlyMap<string, readonly string[]> => {
  const imports = Object.values(inputs)
    .flatMap(input => asArray(asRecord(input)?.imports))
    .map(asRecord);
  const pairs = imports.map(one => [asText(one?.path) ?? '', asText(one?.original) ?? ''] as const);
  return new Map(
    [...grouped(pairs, ([to]) => to)].map(([to, list]) => [to, list.map(([, original]) => original)]),
  );
};

/** From the metafile's folder upwards, the first one in which the package lies. */
const manifestOf = (fs: FileSystem, from: string, { dir, path: input }: Input): Manifest => {
  for (let base = from; ; base = path.dirname(base)) {
    const reading = readManifest(fs, path.resolve(base, dir), dir);
    if (reading.kind === 'manifest') return reading.manifest;
    if (path.dirname(base) === base || path.isAbsolute(dir)) break;
  }
  throw new StagedoorError(
    'PACKAGE_INVALID',
    `${dir}/package.json, of which ${input} was joined, is not there`,
    {
      hint: 'The metafile must lie in or below the folder that the bundler ran in, with its node_modules; or give a list of {name, version}.',
    },
  );
};

/** The packages that a metafile says are joined, each with the specifiers under which the bundle's files asked for it. */
export const packagesOfMetafile = (
  fs: FileSystem,
  from: string,
  { inputs, outputs }: Metafile,
): readonly LockedPackage[] => {
  const requests = requestsIn(inputs);
  const byFolder = grouped(keptInputs(outputs), ({ dir }) => dir);
  return [...byFolder.values()].flatMap(files => {
    const [first] = files;
    if (first === undefined) return [];
    const { name, version } = manifestOf(fs, from, first);
    const asked = files
      .flatMap(file => requests.get(file.path) ?? [])
      .filter(text => isPlainText(text) && (text === first.name || text.startsWith(`${first.name}/`)));
    return [joinedPackage(name, version, sortedSet(asked.length === 0 ? [first.name] : asked))];
  });
};
