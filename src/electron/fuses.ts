import { errnoOf, oneLine } from '../failure.ts';
import { type FuseName, fuseNames } from './fuse-demands.ts';

export type FuseState = 'on' | 'off' | 'unknown';
/** What is known of each fuse; all are `unknown` where `unreadable` says why. */
export type FuseStates = {
  readonly states: Readonly<Record<FuseName, FuseState>>;
  readonly unreadable: string | null;
};

// Loaded only where an executable is looked at: the package asks for a newer Node than ours, though it runs on it.
const library = () => import('@electron/fuses');

const allUnknown = (): Record<FuseName, FuseState> => ({
  runAsNode: 'unknown',
  enableCookieEncryption: 'unknown',
  enableNodeOptionsEnvironmentVariable: 'unknown',
  enableNodeCliInspectArguments: 'unknown',
  enableEmbeddedAsarIntegrityValidation: 'unknown',
  onlyLoadAppFromAsar: 'unknown',
  loadBrowserProcessSpecificV8Snapshot: 'unknown',
  grantFileProtocolExtraPrivileges: 'unknown',
  wasmTrapHandlers: 'unknown',
});

const why = (error: unknown): string =>
  errnoOf(error) ?? oneLine(error instanceof Error ? error.message : 'unknown fault', 200);

/**
 * The fuses of an Electron app: `executable` is its program, on macOS the one in `Contents/MacOS` or the `.app` folder.
 * A fuse that the wire does not have, or whose state is neither on nor off, is `unknown`. In a universal program the
 * first architecture's wire is read; the library writes both alike. Never rejects.
 */
export const readFuses = async (executable: string): Promise<FuseStates> => {
  const states = allUnknown();
  try {
    const { FuseState: wireState, FuseVersion, getCurrentFuseWire } = await library();
    const wire = await getCurrentFuseWire(executable);
    // The library types what it read as version 1, whatever the file says.
    const version: string = wire.version;
    if (version !== FuseVersion.V1) return { states, unreadable: `a fuse wire of version ${version}` };
    const byIndex: Readonly<Record<string, unknown>> = { ...wire };
    for (const [index, name] of fuseNames.entries()) {
      const state = byIndex[String(index)];
      if (state === wireState.ENABLE) states[name] = 'on';
      if (state === wireState.DISABLE) states[name] = 'off';
    }
    return { states, unreadable: null };
  } catch (error) {
    return { states: allUnknown(), unreadable: why(error) };
  }
};

/**
 * Whether the executable runs as Node where `ELECTRON_RUN_AS_NODE` says so: decides how the runtime is started.
 * `unknown` for whatever is odd: no wire, not readable, another version. Never rejects. Reads the file up to its wire.
 */
export const readRunAsNode = async (executable: string): Promise<FuseState> =>
  (await readFuses(executable)).states.runAsNode;
