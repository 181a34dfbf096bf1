import path from 'node:path';
import { BuildError } from './build-error.ts';
import { type AppLayout, bundleIntoResources, reporter } from './bundle-into-resources.ts';
import type { AfterPackContext } from './electron-builder-contract.ts';
import { settleFuses } from './fuse-verdict.ts';
import type { BuilderOptions } from './options.ts';
import { archOf, platformOf } from './target.ts';

export { BuildError } from './build-error.ts';
export type { AfterPackContext } from './electron-builder-contract.ts';
export type { BuilderOptions } from './options.ts';

/** In the order of the numbers that electron-builder gives them. */
const archNames = ['ia32', 'x64', 'armv7l', 'arm64', 'universal'] as const;

const archNameOf = (number: number): string => {
  const name = archNames[number];
  if (name !== undefined) return archOf(name);
  throw new BuildError(
    'USAGE',
    `electron-builder names an architecture ${number} that is not known here`,
    '',
  );
};

const executableIn = ({ appOutDir, electronPlatformName, packager }: AfterPackContext): string => {
  const { appInfo, executableName } = packager;
  const name = appInfo.productFilename;
  const platform = platformOf(electronPlatformName);
  if (platform === 'darwin') return path.join(appOutDir, `${name}.app`, 'Contents', 'MacOS', name);
  return path.join(appOutDir, platform === 'win32' ? `${name}.exe` : (executableName ?? name));
};

/** The two halves of a universal app, which are merged and thrown away; the whole one comes here afterwards. */
const isHalf = ({ appOutDir }: AfterPackContext): boolean => /-(?:x64|arm64)-temp$/.test(appOutDir);

const layoutOf = (context: AfterPackContext): AppLayout => {
  const { appOutDir, outDir, arch, electronPlatformName, packager } = context;
  const resources = packager.getResourcesDir(appOutDir);
  return {
    target: {
      platform: platformOf(electronPlatformName),
      arch: archNameOf(arch),
      electron: packager.info.framework.version,
    },
    project: packager.projectDir,
    resources,
    executable: executableIn(context),
    modules: [path.join(resources, 'app.asar.unpacked'), path.join(resources, 'app')],
    workPlace: outDir,
    shellVersion: packager.appInfo.version,
  };
};

/**
 * The hook `afterPack`: puts the runtime into the resources before the app is signed, and judges the fuses as they will be
 * once `electronFuses` is written, which is the next thing that electron-builder does. Signing and Linux's missing
 * signatures don't matter for it: the hook is called for every platform and architecture. Rejects with a `BuildError`.
 */
export const afterPack =
  (options: BuilderOptions) =>
  async (context: AfterPackContext): Promise<void> => {
    if (isHalf(context)) return;
    await settleFuses(options, executableIn(context), context.packager.config.electronFuses ?? {});
    const { package: name, version, files, dir } = await bundleIntoResources(options, layoutOf(context));
    reporter(options)(`${name} ${version} is bundled in ${dir} (${files} files)`);
  };

/**
 * The hook `afterSign`: looks at the fuses that were really written. electron-builder calls it only where it signed, so
 * never for Linux; what other hooks flip after `afterPack` is seen here alone.
 */
export const checkFuses =
  (options: BuilderOptions) =>
  (context: AfterPackContext): Promise<void> =>
    settleFuses(options, executableIn(context));
