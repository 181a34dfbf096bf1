import type { StagedoorBridge } from '../../electron/bridge.ts';

/**
 * The context bridge makes a plain `Error` of every error and keeps its message alone, so the message has to say what the
 * class said. https://github.com/electron/electron/issues/25596
 */
const plain = (error: unknown): unknown =>
  error instanceof TypeError ? new Error(`TypeError: ${error.message}`) : error;

/** The same bridge, with errors that a page on the other side can still tell apart. */
export const crossing = (bridge: StagedoorBridge): StagedoorBridge => ({
  ...bridge,
  restartToApply: async options => {
    try {
      return await bridge.restartToApply(options);
    } catch (error) {
      throw plain(error);
    }
  },
  on: (name, listener) => {
    try {
      return bridge.on(name, listener);
    } catch (error) {
      throw plain(error);
    }
  },
});
