import type { NodeSource } from '../../natives/node-source.ts';
import { loadNpmSettings, type NpmSettings } from '../../registry/npm-settings.ts';

/** npm asks for packages of many scopes at once: a registry that was named stands for those of all of them. */
const withoutScopes = (settings: NpmSettings): NpmSettings => ({
  ...Object.fromEntries(Object.entries(settings).filter(([key]) => !/^@[^:]*:registry$/.test(key))),
  registry: settings.registry,
});

/** As for a package without a scope; the scopes of `.npmrc` count where no registry was named. */
export const registrySettings = async (
  { fs: _, ...route }: NodeSource,
  signal: AbortSignal,
): Promise<NpmSettings> => {
  const settings = await loadNpmSettings({ ...route, package: 'any' }, signal);
  return route.registry === undefined ? settings : withoutScopes(settings);
};
