import type { Ecosystem } from '#machines/contract.js';
import type { Abi } from '#src/natives/abi.js';
import { installedPlugins } from '#src/plugins/installed.js';
import type { PluginProvider } from '#src/plugins/provider.js';
import { createPluginEffects } from '#src/plugins/store-effects.js';
import { plainMode, treeWriter } from '#src/staging/tree-writer.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { addPlugin, lockOf } from './installation.ts';
import { testProvider } from './provider.ts';

/** Files by their path in the tree of a plugin. */
export type CompiledFiles = Readonly<Record<string, string | Buffer>>;

export const manifestText = (name: string): string => JSON.stringify({ name, version: '1.0.0' });

/** A provider whose plugins hold just these files, for an executable that loads `abi`. */
export const compiledProvider = (
  files: CompiledFiles,
  abi: Abi | null,
  ecosystem: Ecosystem = 'npm',
): PluginProvider => ({
  ...testProvider(fs, {}),
  abi: async () => abi,
  resolve: async ({ name }) => {
    const place = ecosystem === 'npm' ? `node_modules/${name}` : 'site-packages';
    const itself = { name, version: '1.0.0', integrity: 'sha512-x', place };
    const below = Object.keys(files).flatMap(
      file => /^(.*\/node_modules\/([^/]+))\/package\.json$/.exec(file) ?? [],
    );
    const [, inside, other] = below;
    const brought =
      inside === undefined || other === undefined
        ? []
        : [{ name: other, version: '1.0.0', integrity: 'sha512-y', place: inside }];
    return { version: '1.0.0', packages: [itself, ...brought], demands: [] };
  },
  download: async () => undefined,
  stage: async (_packages, _lock, { tree }) => {
    fs.mkdirSync(tree, { recursive: true });
    const writer = treeWriter(fs, tree);
    const entries = Object.entries(files).map(([file, text]) => {
      const bytes = Buffer.from(text);
      writer.begin(file, bytes.byteLength, plainMode);
      writer.write(bytes);
      return writer.end();
    });
    return { files: entries, stripped: [] };
  },
});

/** Installs `chart` with these files, as for that executable, and gives it back as it is found. */
export const installCompiled = async (
  store: string,
  files: CompiledFiles,
  abi: Abi | null,
  ecosystem: Ecosystem = 'npm',
) => {
  const provider = async () => compiledProvider(files, abi, ecosystem);
  const effects = createPluginEffects({
    ...{ fs, store, provider, lock: async () => lockOf(), report: () => undefined },
  });
  await addPlugin(effects, { ecosystem, name: 'chart', spec: null });
  const [plugin] = installedPlugins(fs, store).plugins;
  if (plugin === undefined) throw new Error('nothing is installed');
  return plugin;
};
