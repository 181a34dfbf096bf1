import type { DamagedPlugin, InstalledPlugin } from '../plugins/installed.ts';
import type { MisbuiltPlugin } from './plugin-builds.ts';
import type { MisfitPlugin } from './plugin-comparison.ts';

/** What a launch has to tell of plugins. */
export type PluginListener = {
  /** A plugin that the runtime does without. */
  readonly damaged: (plugin: DamagedPlugin) => void;
  /** One that asks for other versions than the lock of what is started has. */
  readonly misfit: (plugin: MisfitPlugin) => void;
  /** One that is compiled for another executable than that of the runtime (P-34). */
  readonly misbuilt: (plugin: MisbuiltPlugin) => void;
  /** The version that is started has plugins, and no lock that it could be kept to: they may bring a second copy of anything. */
  readonly unguarded: (version: string, plugins: readonly InstalledPlugin[]) => void;
  /** Those that come after as many as a runtime can be told of. */
  readonly crowded: (plugins: readonly InstalledPlugin[]) => void;
  /** What can't be read or leased costs just that, never the launch (P-06). */
  readonly failed: (error: unknown) => void;
};

const unheard: Omit<PluginListener, 'failed'> = {
  damaged: () => undefined,
  misfit: () => undefined,
  misbuilt: () => undefined,
  unguarded: () => undefined,
  crowded: () => undefined,
};

/** Whoever listens hears what it asks for. */
export const pluginListener = (
  heard: Partial<PluginListener> | undefined,
  failed: PluginListener['failed'],
): PluginListener => ({ ...unheard, ...heard, failed });
