import type { ElectronBuild } from './builders.ts';

type Rebuild = (options: Readonly<Record<string, unknown>>) => Promise<void>;

/** An optional peer of ours: the app brings it. */
const rebuildPackage = '@electron/rebuild';

const loadRebuild = async (): Promise<Rebuild> => {
  const loaded: { readonly rebuild?: unknown } = await import(rebuildPackage);
  if (typeof loaded.rebuild !== 'function') throw new TypeError(`${rebuildPackage} has no rebuild`);
  return loaded.rebuild as Rebuild;
};

/** Runs in a child. `onlyModules` of none leaves the folder itself; the ABI is told, for its tables may be older than the target. */
const build = async ({ folder, tree, electron, arch, modules }: ElectronBuild): Promise<void> => {
  const rebuild = await loadRebuild();
  await rebuild({
    buildPath: folder,
    projectRootPath: tree,
    electronVersion: electron,
    arch,
    ...(modules === null ? {} : { forceABI: Number(modules) }),
    onlyModules: [],
    mode: 'sequential',
    force: true,
    buildFromSource: true,
    useCache: false,
    disablePreGypCopy: true,
  });
};

/** The parent is of the same build: what it passes is what is read here. */
await build(JSON.parse(process.argv[2] ?? '') as ElectronBuild);
