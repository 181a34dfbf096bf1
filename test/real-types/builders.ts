// Compiled by builders.mjs beside the real packages of the builders, never with the project: these lines are the test.
import type { ForgeConfig, IForgePlugin } from '@electron-forge/shared-types';
import type { AfterPackContext, Configuration } from 'app-builder-lib';
import { afterPack, checkFuses } from 'stagedoor/electron-builder';
import { StagedoorPlugin } from 'stagedoor/forge';

const options = { package: 'my-runtime', natives: [{ name: 'node-pty' }], fuses: { runAsNode: false } };

export const configuration: Configuration = {
  afterPack: afterPack(options),
  afterSign: checkFuses(options),
};

export const hook: (context: AfterPackContext) => Promise<void> = afterPack(options);
export const plugin: IForgePlugin = new StagedoorPlugin(options);
export const forge: ForgeConfig = {
  plugins: [new StagedoorPlugin(options), { name: 'stagedoor/forge', config: options }],
};
