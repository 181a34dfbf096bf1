import path from 'node:path';
import type { StagedoorOptions } from '../options.ts';
import { nodeFileSystem } from '../store/file-system.ts';
import type { AttachOptions } from './options.ts';
import { proxyOf } from './proxy.ts';

/** Inside an installed app; while it is developed, Electron's own resources hold nothing of it. */
const resourcesOf = ({ app }: AttachOptions): string =>
  app.isPackaged ? process.resourcesPath : path.join(app.getAppPath(), 'resources');

/** Native modules are outside the archive, because nothing can be loaded out of it. */
const nativesOf = ({ natives }: AttachOptions, resources: string): StagedoorOptions['natives'] =>
  natives?.map(native => {
    const unpacked = path.join(resources, 'app.asar.unpacked', 'node_modules', ...native.name.split('/'));
    return native.dir === undefined && nodeFileSystem.existsSync(unpacked)
      ? { ...native, dir: unpacked }
      : native;
  });

/** C-04: a development shell has no updater, unless it is forced. */
export const isManaged = ({ app, updates, updateInDevelopment }: AttachOptions): boolean =>
  updates !== false && (app.isPackaged || (updateInDevelopment ?? process.env.STAGEDOOR_UPDATES === 'force'));

const followed = ({ app, follow }: AttachOptions): string | undefined =>
  follow ?? (app.isPackaged ? undefined : process.env.STAGEDOOR_FOLLOW);

/** What `createStagedoor` is told: what the app has said, and for the rest what Electron knows of the app. */
export const stagedoorOptions = (options: AttachOptions): StagedoorOptions => {
  const { app, session } = options;
  const resources = resourcesOf(options);
  return {
    ...options,
    store: options.store ?? path.join(app.getPath('userData'), 'runtime-store'),
    bundled: options.bundled ?? path.join(resources, 'runtime'),
    natives: nativesOf(options, resources),
    shellVersion: options.shellVersion ?? app.getVersion(),
    shellName: options.shellName ?? app.getName(),
    updates: isManaged(options),
    follow: followed(options),
    systemCertificates: options.systemCertificates ?? true,
    proxyFor: options.proxyFor ?? (session === undefined ? undefined : proxyOf(() => session.defaultSession)),
  };
};
