import path from 'node:path';
import { mistake } from './launching/setup.ts';
import type { Plugins, PluginsOptions } from './plugins/plugins.ts';
import { providersFor } from './plugins/providers.ts';
import { createPluginVerbs } from './plugins/verbs.ts';
import { readSettings } from './settings.ts';

const lockOf = (value: unknown): string | undefined => {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return path.resolve(value);
  throw mistake('lock', value, 'the file of a core lock');
};

/**
 * The plugins of an app's store: packages beside the runtime that share what belongs to it. Throws a `TypeError` for a caller's
 * mistake; touches no disk before the first verb.
 */
export const createPlugins = (options: PluginsOptions): Plugins => {
  const settings = readSettings(options);
  return createPluginVerbs({ settings, lock: lockOf(options.lock), provider: providersFor(settings) });
};
