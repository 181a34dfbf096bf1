import type { StagedoorOptions } from '../options.ts';
import type { Stagedoor } from '../stagedoor.ts';
import { requirePackage, requireStore, type Settings } from './settings.ts';
import { UsageError } from './usage-error.ts';

/** The settings as the options of the API. */
export const apiOptions = (settings: Settings): StagedoorOptions => ({
  package: requirePackage(settings),
  store: requireStore(settings),
  channel: settings.channel,
  registry: settings.registry,
  projectConfig: true,
  bundled: settings.bundled,
  entry: settings.entry,
  natives: settings.natives,
  nativesMode: settings.nativesMode,
  coreLock: settings.coreLock,
  exec: settings.exec,
  probe: settings.probe,
  probeTimeout: settings.probeTimeout,
  shellName: settings.shellName,
  shellVersion: settings.shellVersion,
  schedule: settings.schedule,
});

/**
 * The whole thing, loaded only by the commands that need it. A `TypeError` of the API is the caller's mistake here
 * too: wrong usage.
 */
export const openStagedoor = async (options: StagedoorOptions): Promise<Stagedoor> => {
  const { createStagedoor } = await import('../create-stagedoor.ts');
  try {
    return createStagedoor(options);
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
};
