import path from 'node:path';
import type { ExecFacts } from '../staging/compatibility.ts';
import type { FileSystem } from '../store/file-system.ts';
import { type CompiledFile, readCompiledFile } from './compiled-file.ts';

/** Whether a native dependency can be loaded where the app will run, as far as its files say. */
export type NativeFit =
  | { readonly kind: 'fits' }
  | { readonly kind: 'unfit'; readonly reason: string }
  /** It may fit; `reason` says what could not be seen. */
  | { readonly kind: 'unjudged'; readonly reason: string };

type Found = { readonly file: string; readonly compiled: CompiledFile | null };

const addonsIn = (fs: FileSystem, dir: string): readonly Found[] => {
  const found: Found[] = [];
  const visited = new Set<string>();
  const visit = (folder: string): void => {
    const real = fs.realpathSync(folder);
    if (visited.has(real)) return;
    visited.add(real);
    for (const name of fs.readdirSync(real).sort()) {
      const place = path.join(folder, name);
      const stats = fs.statSync(place, { throwIfNoEntry: false });
      if (stats?.isDirectory()) visit(place);
      else if (stats?.isFile() && name.endsWith('.node'))
        found.push({
          file: path.relative(dir, place).split(path.sep).join('/'),
          compiled: readCompiledFile(fs.readFileSync(place)),
        });
    }
  };
  visit(dir);
  return found;
};

const nameOf = ({ platform, archs, libc, abi }: CompiledFile): string =>
  [
    `${platform}-${archs.join('+')}`,
    ...(libc === null ? [] : [libc]),
    ...(abi === null || abi === 'napi' ? [] : [`ABI ${abi}`]),
  ].join(' ');

const fits = ({ platform, archs, libc, abi }: CompiledFile, arch: string, facts: ExecFacts): boolean =>
  platform === facts.platform &&
  archs.includes(arch) &&
  (libc === null || facts.libc === null || libc === facts.libc) &&
  (abi === null || abi === 'napi' || facts.modules === 'unknown' || abi === facts.modules);

const isBuilt = ({ file }: Found): boolean => /(?:^|\/)build\/(?:Release|Debug)\//.test(file);

/** What loaders take: a file that was built in its place goes before every prebuilt one. */
const chosen = (found: readonly Found[]): readonly Found[] =>
  found.some(isBuilt) ? found.filter(isBuilt) : found;

const listed = (found: readonly Found[]): string => {
  const names = found.map(
    ({ file, compiled }) => `${file} (${compiled === null ? 'no known format' : nameOf(compiled)})`,
  );
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
};

const says = (compiled: CompiledFile, facts: ExecFacts): boolean =>
  compiled.abi === 'napi' || (compiled.abi !== null && facts.modules !== 'unknown');

/**
 * Holds the compiled files of a package against the target, for each architecture that must be served. A file that was
 * built in its place must fit itself; among prebuilt ones, one that fits is enough.
 */
export const nativeFit = (
  fs: FileSystem,
  dir: string,
  facts: ExecFacts,
  archs: readonly string[],
): NativeFit => {
  const found = chosen(addonsIn(fs, dir));
  if (found.length === 0) return { kind: 'unjudged', reason: 'it holds no .node file to judge by' };
  const compiled = found.flatMap(({ compiled: file }) => file ?? []);
  if (compiled.length === 0)
    return { kind: 'unjudged', reason: `what it holds can't be read: ${listed(found)}` };
  const missing = archs.find(arch => !compiled.some(file => fits(file, arch, facts)));
  if (missing !== undefined) return { kind: 'unfit', reason: `it holds ${listed(found)}` };
  const fitting = compiled.filter(file => archs.some(arch => fits(file, arch, facts)));
  if (fitting.every(file => says(file, facts))) return { kind: 'fits' };
  return { kind: 'unjudged', reason: "its ABI can't be seen in its files" };
};
