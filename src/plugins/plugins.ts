import type { StagedoorOptions } from '../options.ts';
import type { Progress } from '../staging/progress.ts';
import type {
  AddPluginOutcome,
  CheckPluginsOutcome,
  ListPluginsOutcome,
  RemovePluginOutcome,
} from './outcomes.ts';

/** What plugins need to know of the app: as for `createStagedoor`. */
export type PluginsOptions = Pick<
  StagedoorOptions,
  | 'package'
  | 'store'
  | 'bundled'
  | 'entry'
  | 'natives'
  | 'exec'
  | 'env'
  | 'registry'
  | 'projectConfig'
  | 'proxyFor'
  | 'systemCertificates'
  | 'shellVersion'
  | 'limits'
  | 'fs'
> & {
  /** The file of a core lock; default: that of the version that would be launched next. */
  readonly lock?: string | undefined;
};

export type AddPluginOptions = {
  /** An abort leaves the plugins as they were, unless it comes after the commit. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
};

/**
 * The plugins of one store, under the core lock of its runtime. Nothing is thrown for an outcome; a caller's mistake is a
 * `TypeError` that quotes the value. Installing needs no runtime to be stopped: it finds its plugins with its next launch.
 */
export type Plugins = {
  /** `NAME`, `NAME@RANGE` of npm; `python:NAME`, `python:NAME==1.0`. Whole or not at all, with the runtime's copies of what is locked. */
  add(spec: string, options?: AddPluginOptions): Promise<AddPluginOutcome>;
  /** `NAME` or `python:NAME`. */
  remove(name: string, options?: Pick<AddPluginOptions, 'signal'>): Promise<RemovePluginOutcome>;
  /** What is installed, as the records say. Checked is only whether what is compiled fits the executable. */
  list(): Promise<ListPluginsOutcome>;
  /** Each plugin against the lock of the next launch and its executable, and every file of it by its hash. */
  check(): Promise<CheckPluginsOutcome>;
};
