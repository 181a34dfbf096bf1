import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { StagedoorError } from '../../failure.ts';
import { nodeFileSystem } from '../../store/file-system.ts';
import type { NodeAbi } from '../abi.ts';
import { abiText } from '../abi-text.ts';
import { headersBeside } from './headers.ts';

/** One package to build, for one executable. */
export type Building = {
  readonly abi: NodeAbi;
  readonly exec: string;
  readonly tree: string;
  readonly name: string;
  /** Its folder, absolute; the program runs there. */
  readonly folder: string;
};

/** What an Electron's build is told, as JSON. */
export type ElectronBuild = {
  readonly folder: string;
  readonly tree: string;
  readonly electron: string;
  readonly arch: string;
  readonly modules: string | null;
};

const rebuildPackage = '@electron/rebuild';

const missing = (name: string, abi: NodeAbi, cause: unknown): StagedoorError =>
  new StagedoorError('NATIVE_ABI_MISMATCH', `a build for ${abiText(abi)} needs ${name}, which is not here`, {
    cause,
    hint: `Add it to the app: npm install ${name}.`,
  });

const gypProgram = (abi: NodeAbi): string => {
  try {
    return createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
  } catch (error) {
    throw missing('node-gyp', abi, error);
  }
};

/** With the headers beside the program, where they are; else node-gyp fetches them from where Node's releases are. */
const forNode = ({ abi, exec }: Building): readonly string[] => {
  const headers = headersBeside(nodeFileSystem, exec, abi);
  const from = headers === null ? [] : [`--nodedir=${headers}`];
  return [gypProgram(abi), 'rebuild', '--release', ...from];
};

const forElectron = ({ abi, tree, folder }: Building, electron: string): readonly string[] => {
  try {
    import.meta.resolve(rebuildPackage);
  } catch (error) {
    throw missing(rebuildPackage, abi, error);
  }
  const told: ElectronBuild = { folder, tree, electron, arch: abi.arch, modules: abi.modules };
  return [fileURLToPath(new URL('./electron-build.js', import.meta.url)), JSON.stringify(told)];
};

/**
 * What the target itself is to run, so that the program that builds is the one that will load. Rejects with NATIVE_ABI_MISMATCH
 * and the command that installs what is missing.
 */
export const builderFor = (building: Building): readonly string[] =>
  building.abi.electron === null ? forNode(building) : forElectron(building, building.abi.electron);

/** The builds of these packages are theirs alone: a `binding.gyp`, and no script of the package. */
export const bindingOf = (folder: string): string => path.join(folder, 'binding.gyp');
