/**
 * What is used of Electron Forge's contract for plugins (8): shapes of our own, because its packages bring the whole packager.
 * Forge takes every object that bears `__isElectronForgePlugin`, a name and `init`. `npm run check:builders` holds them
 * against the real types.
 */
export type ForgeConfig = {
  readonly packagerConfig: {
    readonly name?: string | undefined;
    readonly executableName?: string | undefined;
    readonly prune?: boolean | undefined;
  };
};

type Hook<Arguments extends readonly unknown[]> = (config: ForgeConfig, ...rest: Arguments) => Promise<void>;
type Staged = [buildPath: string, electronVersion: string, platform: string, arch: string];

export type ForgeHooks = {
  readonly prePackage: Hook<[platform: string, arch: string]>;
  readonly packageAfterCopy: Hook<Staged>;
  readonly packageAfterPrune: Hook<Staged>;
  readonly postPackage: Hook<
    [result: { readonly platform: string; readonly arch: string; readonly outputPaths: readonly string[] }]
  >;
};
