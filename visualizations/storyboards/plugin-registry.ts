import { createHash } from 'node:crypto';
import path from 'node:path';
import satisfies from 'semver/functions/satisfies.js';
import maxSatisfying from 'semver/ranges/max-satisfying.js';
import type { PluginConflict, PluginDemand, PluginPackage } from '#machines/contract.js';
import type { CoreLock } from '#src/core-lock/core-lock.js';
import { sharedCopies } from '#src/core-lock/shared-copies.js';
import { StagedoorError } from '#src/failure.js';
import type { PluginProvider, ResolvedPlugin } from '#src/plugins/provider.js';
import { defaultLimits } from '#src/staging/limits.js';
import { unpackTarball } from '#src/staging/unpack.js';
import type { FileSystem } from '#src/store/file-system.js';

type Manifest = {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly dist: { readonly integrity: string; readonly tarball: string };
};
type Document = {
  readonly versions: Readonly<Record<string, Manifest>>;
  readonly 'dist-tags': { readonly latest: string };
};

const archiveOf = ({ name }: PluginPackage): string => `${name.replaceAll('/', '+')}.tgz`;

/**
 * npm plugins from a registry on loopback, as small as can be honest: one level of dependencies, real archives, real hashes, and
 * what belongs to the runtime is never installed with them.
 */
export const registryPlugins = (fs: FileSystem, registry: string): PluginProvider => {
  const ask = async (place: string, signal: AbortSignal): Promise<Response> => {
    const answer = await fetch(place, { signal });
    if (answer.ok) return answer;
    throw new StagedoorError('REGISTRY_REFUSED', `the registry said ${answer.status} of ${place}`);
  };
  const choose = async (name: string, spec: string | null, signal: AbortSignal): Promise<Manifest> => {
    const answer = await ask(`${registry}/${name}`, signal);
    const { versions, 'dist-tags': tags } = (await answer.json()) as Document;
    const version = spec === null ? tags.latest : maxSatisfying(Object.keys(versions), spec);
    const manifest = versions[version ?? ''];
    if (manifest !== undefined) return manifest;
    throw new StagedoorError('REGISTRY_REFUSED', `there is no ${name}@${spec ?? 'latest'}`);
  };
  const packageOf = (name: string, { version, dist: { integrity } }: Manifest): PluginPackage => ({
    name,
    version,
    integrity,
    place: `node_modules/${name}`,
  });
  const compareOne = (lock: CoreLock) => {
    const copies = sharedCopies(lock, 'npm');
    return (demand: PluginDemand): PluginConflict | { name: string; version: string } => {
      const copy = copies.get(demand.name.toLowerCase());
      const locked = copy?.version ?? null;
      if (copy === undefined || locked === null || !satisfies(locked, demand.range))
        return { ...demand, reason: 'version', locked };
      return { name: copy.name, version: locked };
    };
  };

  const resolve: PluginProvider['resolve'] = async ({ name, spec }, lock, signal) => {
    const copies = sharedCopies(lock, 'npm');
    const packages: PluginPackage[] = [];
    const demands: PluginDemand[] = [];
    const follow = async (manifest: Manifest, chain: readonly string[]): Promise<void> => {
      for (const [as, range] of Object.entries({ ...manifest.peerDependencies, ...manifest.dependencies })) {
        if (copies.has(as.toLowerCase())) demands.push({ as, name: as, range, chain });
        else {
          const other = await choose(as, range, signal);
          packages.push(packageOf(as, other));
          await follow(other, [...chain, `${as}@${other.version}`]);
        }
      }
    };
    const own = await choose(name, spec, signal);
    packages.push(packageOf(name, own));
    await follow(own, [`${name}@${own.version}`]);
    return { version: own.version, packages, demands } satisfies ResolvedPlugin;
  };

  return {
    resolve,
    compare: async (demands, lock) => {
      const all = demands.map(compareOne(lock));
      return {
        shared: all.flatMap(one => ('reason' in one ? [] : [one])),
        conflicts: all.flatMap(one => ('reason' in one ? [one] : [])),
      };
    },
    download: async (packages, { folder }, signal) => {
      for (const one of packages) {
        const base = one.name.slice(one.name.lastIndexOf('/') + 1);
        const answer = await ask(`${registry}/${one.name}/-/${base}-${one.version}.tgz`, signal);
        const bytes = Buffer.from(await answer.arrayBuffer());
        const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
        if (integrity !== one.integrity)
          throw new StagedoorError('INTEGRITY_MISMATCH', `other bytes came for ${one.name}@${one.version}`);
        fs.writeFileSync(path.join(folder, archiveOf(one)), bytes);
      }
    },
    stage: async (packages, lock, { folder, tree }, signal) => {
      const copies = sharedCopies(lock, 'npm');
      const stripped = new Set<string>();
      const files = [];
      for (const one of packages) {
        const place = path.join(tree, one.place);
        fs.mkdirSync(path.dirname(place), { recursive: true });
        const request = { tarball: path.join(folder, archiveOf(one)), tree: place, natives: [] };
        const limits = defaultLimits;
        for (const file of await unpackTarball(fs, { ...request, limits }, signal, () => undefined)) {
          const [, brought = ''] = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file.path) ?? [];
          if (!copies.has(brought.toLowerCase())) files.push({ ...file, path: `${one.place}/${file.path}` });
          else stripped.add(brought);
        }
        for (const name of stripped)
          fs.rmSync(path.join(place, 'node_modules', name), { recursive: true, force: true });
        removeIfEmpty(fs, path.join(place, 'node_modules'));
      }
      return { files, stripped: [...stripped] };
    },
  };
};

const removeIfEmpty = (fs: FileSystem, dir: string): void => {
  if (fs.existsSync(dir) && fs.readdirSync(dir).length === 0) fs.rmdirSync(dir);
};
