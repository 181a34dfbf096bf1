import type { StagedoorOptions } from '../options.ts';
import type { Stagedoor } from '../stagedoor.ts';
import type { UiState } from './bridge.ts';
import type { ElectronParts } from './parts.ts';

/** A newer runtime is there, and it needs a newer shell than this one. */
export type Outgrown = NonNullable<UiState['outgrown']>;

/**
 * Electron's modules and what `createStagedoor` takes. In place of what is not given: `store` below the user's data,
 * `bundled` in `process.resourcesPath/runtime`, natives in `app.asar.unpacked`, `shellName` and `shellVersion` of the app.
 */
export type AttachOptions = ElectronParts &
  StagedoorOptions & {
    /** True: checks and stages in an unpackaged shell, too (C-04). Default: whether `STAGEDOOR_UPDATES` is `force`. */
    readonly updateInDevelopment?: boolean | undefined;
    /**
     * Origins whose main frames are told and heard, such as `app://main`. Default: the app's own files
     * (`file:` below `app.getAppPath()`).
     */
    readonly trustedOrigins?: readonly string[] | undefined;
    /** Called once for each version that needs a newer shell: the place for electron-updater. */
    readonly onOutgrown?: ((outgrown: Outgrown) => void) | undefined;
  };

export type AttachedStagedoor = Stagedoor & {
  /** What the windows are shown. */
  readonly uiState: () => UiState;
  /** Stops everything and takes every listener off Electron's modules again. */
  readonly detach: () => Promise<void>;
};
