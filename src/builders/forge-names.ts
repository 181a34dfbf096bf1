import path from 'node:path';
import { nodeFileSystem } from '../store/file-system.ts';
import { asRecord, asText, readValue } from '../store/json-shape.ts';
import { BuildError } from './build-error.ts';
import type { ForgeConfig } from './forge-contract.ts';
import { platformOf } from './target.ts';

export type AppNames = { readonly app: string; readonly executable: string };

// The packager rewrites other names by rules of its own; we ask rather than guess.
const assertPlain = (name: string | null): string => {
  if (name !== null && name !== '' && !/[<>:"/\\|?*\p{Cc}]|^[.\s]|[.\s]$/u.test(name)) return name;
  const hint = 'Set packagerConfig.executableName to a plain file name.';
  throw new BuildError('USAGE', `the app's name ${JSON.stringify(name)} is no file name`, hint);
};

/** The names that the packager gives the app and its executable, by its own order of precedence. */
export const appNames = ({ packagerConfig }: ForgeConfig, project: string): AppNames => {
  const manifest = asRecord(readValue(nodeFileSystem, path.join(project, 'package.json')));
  const app = packagerConfig.name ?? asText(manifest?.productName) ?? asText(manifest?.name);
  return { app: assertPlain(app), executable: assertPlain(packagerConfig.executableName ?? app) };
};

/** Electron's own executable in an app that is being laid out, before it is renamed. `resources` holds the app's folder. */
export const stagedExecutable = (resources: string, platform: string): string =>
  executableBeside(resources, platform, {
    darwin: 'Electron',
    others: 'electron',
  });

/** Where an executable of that name lies, seen from the resources. */
export const executableBeside = (
  resources: string,
  platform: string,
  name: { readonly darwin: string; readonly others: string },
): string => {
  if (platformOf(platform) === 'darwin') return path.resolve(resources, '..', 'MacOS', name.darwin);
  return path.resolve(resources, '..', platform === 'win32' ? `${name.others}.exe` : name.others);
};

/** The resources of a finished package. */
export const packagedResources = (output: string, platform: string, { app }: AppNames): string =>
  platformOf(platform) === 'darwin'
    ? path.join(output, `${app}.app`, 'Contents', 'Resources')
    : path.join(output, 'resources');
