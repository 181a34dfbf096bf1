import type { PluginConflict, PluginDemand, PluginPackage } from '#machines/contract.js';
import { sharedCopies } from '#src/core-lock/shared-copies.js';
import { StagedoorError } from '#src/failure.js';
import { pluginPackages } from '#src/plugins/place.js';
import type { PluginProvider } from '#src/plugins/provider.js';
import { plainMode, treeWriter } from '#src/staging/tree-writer.js';
import type { FileSystem } from '#src/store/file-system.js';

/** A plugin as the provider of the tests has it, with the text of each of its files. */
export type Offer = {
  readonly version: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly demands?: readonly PluginDemand[];
  readonly stripped?: readonly string[];
};

export const defaultFiles = { 'package.json': '{}', 'index.js': 'exports.a = 1;\n', 'lib/deep.js': '' };

/** Files of the tree of a plugin, with the place of its package. */
export const treeFiles = (name: string, { files = defaultFiles }: Offer): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(files).map(([file, text]) => [`${pluginPackages.npm}/${name}/${file}`, text] as const),
  );

const itself = (name: string, { version }: Offer): PluginPackage => ({
  ...{ name, version, integrity: `sha512-of-${name}-${version}` },
  place: `${pluginPackages.npm}/${name}`,
});

/** npm packages without npm: what a name resolves to is said by `offers`, a demand is met by its very version. */
export const testProvider = (
  fs: FileSystem,
  offers: Readonly<Record<string, Offer>>,
  during: (step: 'download' | 'stage') => Promise<void> | void = () => undefined,
): PluginProvider => {
  const offerOf = (name: string): Offer => {
    const offer = offers[name];
    if (offer !== undefined) return offer;
    throw new StagedoorError('REGISTRY_REFUSED', `there is no package ${name}`);
  };
  return {
    resolve: async ({ name }) => {
      const offer = offerOf(name);
      return { version: offer.version, packages: [itself(name, offer)], demands: offer.demands ?? [] };
    },
    compare: async (demands, lock) => {
      const copies = sharedCopies(lock, 'npm');
      const conflicts = demands.flatMap((demand): PluginConflict[] => {
        const locked = copies.get(demand.name.toLowerCase())?.version ?? null;
        return demand.range === locked ? [] : [{ ...demand, reason: 'version', locked }];
      });
      const met = demands.filter(demand => conflicts.every(({ as }) => as !== demand.as));
      return { shared: met.map(({ name, range }) => ({ name, version: range })), conflicts };
    },
    download: async (packages, { folder }) => {
      for (const { name } of packages) {
        const archive = JSON.stringify(offerOf(name).files ?? defaultFiles);
        fs.writeFileSync(`${folder}/${name.replaceAll('/', '+')}.json`, archive);
      }
      await during('download');
    },
    stage: async (packages, _lock, { tree }) => {
      fs.mkdirSync(tree);
      const writer = treeWriter(fs, tree);
      const files = [...packages.flatMap(({ name }) => [...treeFiles(name, offerOf(name))])];
      const entries = files.map(([file, text]) => {
        writer.begin(file, Buffer.byteLength(text), plainMode);
        writer.write(Buffer.from(text));
        return writer.end();
      });
      await during('stage');
      return { files: entries, stripped: packages.flatMap(({ name }) => offerOf(name).stripped ?? []) };
    },
  };
};
