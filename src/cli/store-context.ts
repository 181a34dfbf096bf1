import { diskFailure, hasErrno, StagedoorError } from '../failure.ts';
import { type LaunchSetup, launchSetup } from '../launching/setup.ts';
import type { FileSystem } from '../store/file-system.ts';
import { openJournal } from '../store/journal.ts';
import type { Layout } from '../store/layout.ts';
import { createStoreVerbs, type StoreVerbs } from '../store-verbs.ts';
import type { CommandContext } from './command.ts';
import { requireStore, type Settings } from './settings.ts';
import { UsageError } from './usage-error.ts';

/** A store as the commands that need no registry see it. */
export type StoreContext = {
  readonly fs: FileSystem;
  readonly layout: Layout;
  readonly setup: LaunchSetup;
  /** What the API's verbs do; nothing runs in this process. */
  readonly verbs: StoreVerbs;
  /** Writes down what an order has changed. */
  readonly note: (order: string, result: { readonly outcome: string }) => void;
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

/** The package's name plays no part in what is done here, so it may be missing where the store is named. */
const setupOf = (fs: FileSystem, settings: Settings): LaunchSetup => {
  const { entry, exec, probe, probeTimeout, shellVersion, bundled } = settings;
  const store = requireStore(settings);
  const name = settings.package ?? 'runtime';
  try {
    return launchSetup({ package: name, store, bundled, entry, exec, probe, probeTimeout, shellVersion }, fs);
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
};

/** The store that an invocation names, looked at but not created. */
export const openStore = (
  context: Pick<CommandContext, 'fs' | 'settings'>,
  mustBeReadable = true,
): StoreContext => {
  const { fs, settings } = context;
  const setup = setupOf(fs, settings);
  const { layout } = setup;
  if (mustBeReadable) assertReadable(fs, layout.root);
  return {
    fs,
    layout,
    setup,
    verbs: createStoreVerbs(setup, { running: () => null, isStarting: () => false }),
    note: (order, result) => openJournal(fs, layout).append({ ...result, event: `order:${order}` }),
  };
};
