import { diskFailure, hasErrno, StagedoorError } from '../failure.ts';
import { type LaunchSetup, launchSetup } from '../launching/setup.ts';
import type { FileSystem } from '../store/file-system.ts';
import { type Journal, openJournal } from '../store/journal.ts';
import { type Layout, storeLayout } from '../store/layout.ts';
import type { UpkeepSetup } from '../upkeep/target.ts';
import type { CommandContext } from './command.ts';
import { requireStore, type Settings } from './settings.ts';
import { UsageError } from './usage-error.ts';

/** A store as the upkeep verbs want it. */
export type StoreContext = {
  readonly fs: FileSystem;
  readonly layout: Layout;
  readonly setup: UpkeepSetup;
  readonly journal: Journal;
};

/** No folder yet is an empty store; anything that is there must be a folder that can be read. */
const assertReadable = (fs: FileSystem, root: string): void => {
  try {
    fs.readdirSync(root);
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return;
    if (hasErrno(error, 'ENOTDIR')) {
      throw new StagedoorError('STORE_UNREADABLE', `the store is not a folder: ${root}`, { cause: error });
    }
    throw diskFailure(error, `read the store ${root}`);
  }
};

/** The store that an invocation names; the package is needed only where its name decides the place. */
export const openStore = ({ fs, settings }: Pick<CommandContext, 'fs' | 'settings'>): StoreContext => {
  const layout = storeLayout(requireStore(settings));
  assertReadable(fs, layout.root);
  const { bundled, entry, shellVersion } = settings;
  return {
    fs,
    layout,
    setup: { bundledDir: bundled ?? null, entry, shellVersion },
    journal: openJournal(fs, layout),
  };
};

/** The settings of a launch, for looking only. The package's name plays no part in it, so it may be missing. */
export const launchView = (fs: FileSystem, settings: Settings): LaunchSetup => {
  const { entry, exec, probe, probeTimeout, shellVersion, bundled } = settings;
  const store = requireStore(settings);
  const options = {
    package: settings.package ?? 'runtime',
    store,
    bundled,
    entry,
    exec,
    probe,
    probeTimeout,
    shellVersion,
  };
  try {
    return launchSetup(options, fs);
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
};
