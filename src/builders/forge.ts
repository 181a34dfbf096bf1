import { existsSync } from 'node:fs';
import path from 'node:path';
import { treeListName } from '../store/layout.ts';
import { BuildError } from './build-error.ts';
import { bundleIntoResources } from './bundle-into-resources.ts';
import type { ForgeConfig, ForgeHooks } from './forge-contract.ts';
import {
  type AppNames,
  appNames,
  executableBeside,
  packagedResources,
  stagedExecutable,
} from './forge-names.ts';
import { settleFuses } from './fuse-verdict.ts';
import type { BuilderOptions } from './options.ts';
import { archOf, platformOf } from './target.ts';

export { BuildError } from './build-error.ts';
export type { BuilderOptions } from './options.ts';

const both = (name: string) => ({ darwin: name, others: name });

const refuseUniversal = async (_: ForgeConfig, platform: string, arch: string): Promise<void> => {
  if (arch !== 'universal') return;
  const message = `a ${platform} app for both architectures is merged from two, whose runtimes would differ`;
  throw new BuildError('USAGE', message, 'Package x64 and arm64 apart, or build with electron-builder.');
};

const assertThere = (place: string, what: string, hint: string): void => {
  if (!existsSync(place)) throw new BuildError('USAGE', `${what} is not at ${place}`, hint);
};

/**
 * A plugin for Electron Forge: `plugins: [new StagedoorPlugin({ package: 'my-runtime' })]`, or by name as
 * `{ name: 'stagedoor/forge', config: {…} }`. It puts the runtime into the resources when the app's modules have been built
 * for the target and pruned, and looks at the fuses of the finished package. A build fails with a `BuildError`.
 */
export class StagedoorPlugin {
  readonly name = 'stagedoor';
  /** By this Forge knows a plugin. */
  readonly __isElectronForgePlugin = true;
  readonly config: BuilderOptions;
  #project = process.cwd();

  constructor(config: BuilderOptions) {
    this.config = config;
  }

  /** Called by Forge with the project's folder. */
  readonly init = (dir: string): void => {
    this.#project = dir;
  };

  readonly getHooks = (): ForgeHooks => ({
    prePackage: refuseUniversal,
    // Without pruning, Forge has no later hook; natives are then as they lie in the project.
    packageAfterCopy: async (config, ...staged) => {
      if (config.packagerConfig.prune === false) await this.#bundle(config, ...staged);
    },
    packageAfterPrune: (config, ...staged) => this.#bundle(config, ...staged),
    postPackage: async (config, { platform, outputPaths }) => {
      const names = appNames(config, this.#project);
      for (const output of outputPaths) await this.#inspect(output, platform, names);
    },
  });

  async #bundle(
    config: ForgeConfig,
    buildPath: string,
    electron: string,
    platform: string,
    arch: string,
  ): Promise<void> {
    const resources = path.dirname(buildPath);
    const { executable } = appNames(config, this.#project);
    await bundleIntoResources(this.config, {
      target: { platform: platformOf(platform), arch: archOf(arch), electron },
      project: this.#project,
      resources,
      executable: stagedExecutable(resources, platform),
      finalExecutable: executableBeside(resources, platform, both(executable)),
      modules: [buildPath],
    });
  }

  async #inspect(output: string, platform: string, names: AppNames): Promise<void> {
    const resources = packagedResources(output, platform, names);
    const runtime = path.join(resources, this.config.folder ?? 'runtime', treeListName);
    assertThere(
      runtime,
      'the bundled runtime',
      'Another hook took it away, or the packager was told to skip hooks.',
    );
    const executable = executableBeside(resources, platform, both(names.executable));
    assertThere(executable, "the app's executable", 'Set packagerConfig.executableName to its name.');
    await settleFuses(this.config, executable);
  }
}

/** What Forge takes where the plugin is given by its module's name. */
export default StagedoorPlugin;
