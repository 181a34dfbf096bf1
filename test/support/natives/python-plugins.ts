import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { PluginWish } from '#machines/contract.js';
import type { CoreLock, LockedPackage } from '#src/core-lock/core-lock.js';
import { createPythonProvider } from '#src/plugins/python/provider.js';
import { temporaryFolder } from '../folder.ts';
import { pipEnds } from './pythons.ts';
import { type Part, type Wheel, writeWheel } from './wheels.ts';

/** Those whose pip says what it would install. */
export const pluginPythons = pipEnds.filter(({ version }) => !/^3\.[67]\./.test(version));
export const newestPython = pluginPythons.at(-1) ?? { exec: '', version: '' };

/** `{ pydantic: ['2.5.0', 'pydantic'] }` → a lock with these distributions and modules. */
export const lockWith = (
  packages: Readonly<Record<string, readonly [string, ...string[]]>>,
  more: Partial<LockedPackage> = {},
): CoreLock => ({
  schema: 1,
  packages: Object.entries(packages).map(([name, [version, ...modules]]) => ({
    ...{ ecosystem: 'python', name, version, integrity: null, modules },
    place: `site-packages/${name.replaceAll('-', '_')}-${version}.dist-info`,
    ...more,
  })),
  aliases: {},
});

/** A wheel for every Python with a module of its name, or with other files. */
export const wheel = (
  folder: string,
  name: string,
  version: string,
  { files, ...more }: Partial<Omit<Wheel, 'files'>> & { readonly files?: readonly (string | Part)[] } = {},
) => {
  const names = files ?? [`${name.toLowerCase()}.py`];
  const parts = names.map(
    (file): Part =>
      typeof file === 'string' ? { name: file, bytes: `origin = "${name} ${version}"\n` } : file,
  );
  return writeWheel(folder, { name, version, tag: 'py3-none-any', files: parts, ...more });
};

export const wish = (name: string, spec: string | null = null): PluginWish => ({
  ecosystem: 'python',
  name,
  spec,
});

const never: AbortSignal = new AbortController().signal;
const silent = (): void => undefined;

/** The steps of one plugin, as a store would take them. */
export const pythonSteps = (exec = newestPython.exec) => {
  const provider = createPythonProvider({ exec });
  const resolve = (wanted: PluginWish, lock: CoreLock, signal: AbortSignal = never) =>
    provider.resolve(wanted, lock, signal);
  const compare = async (wanted: PluginWish, lock: CoreLock) =>
    provider.compare((await resolve(wanted, lock)).demands, lock);
  const install = async (wanted: PluginWish, lock: CoreLock) => {
    const resolved = await resolve(wanted, lock);
    const folder = path.join(temporaryFolder(), 'scratch');
    const folders = { folder, tree: path.join(folder, 'tree') };
    mkdirSync(folder);
    await provider.download(resolved.packages, folders, never, silent);
    const staged = await provider.stage(resolved.packages, lock, folders, never, silent);
    const compared = await provider.compare(resolved.demands, lock);
    return {
      ...resolved,
      ...staged,
      ...compared,
      conflicts: [...compared.conflicts, ...(staged.conflicts ?? [])],
      ...folders,
      site: path.join(folders.tree, 'site-packages'),
    };
  };
  const failure = (wanted: PluginWish, lock: CoreLock): Promise<unknown> =>
    resolve(wanted, lock).then(
      () => null,
      (error: unknown) => error,
    );
  return { provider, resolve, compare, install, failure };
};
