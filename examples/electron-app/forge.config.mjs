// The same app with Electron Forge: the fuses are flipped first, then the runtime is bundled and the fuses are looked at.
import { FuseV1Options, FuseVersion } from '@electron/fuses';
import { runtime } from './build/runtime.mjs';

const fuses = {
  version: FuseVersion.V1,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
};

export default {
  packagerConfig: {
    asar: true,
    executableName: 'stagedoor-example',
    ignore: [/^\/(?:src|build|runtime|out)\//],
  },
  plugins: [
    { name: '@electron-forge/plugin-fuses', config: fuses },
    { name: 'stagedoor/forge', config: runtime },
  ],
};
