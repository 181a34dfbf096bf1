// The same app with Electron Forge. Fuses are flipped by @electron-forge/plugin-fuses, which goes before stagedoor's plugin.
import { runtime } from './build/runtime.mjs';

export default {
  packagerConfig: {
    asar: true,
    executableName: 'stagedoor-example',
    ignore: [/^\/(?:src|build|runtime|out)/],
  },
  plugins: [{ name: 'stagedoor/forge', config: runtime }],
};
