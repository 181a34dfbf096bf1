import path from 'node:path';
import type { NativeOption, ScheduleOptions } from '../options.ts';
import type { FileSystem } from '../store/file-system.ts';
import { defaultStore } from '../store/location.ts';
import type { ConfigFile, NativeSetting } from './config-file.ts';
import { type Flags, readConfigFile, readEnvironment, readFlags } from './setting-sources.ts';
import { UsageError } from './usage-error.ts';

/** What one invocation works with: every path absolute, flags before environment before file. */
export type Settings = {
  readonly package: string | undefined;
  readonly channel: string | undefined;
  readonly registry: string | undefined;
  readonly store: string | undefined;
  readonly bundled: string | undefined;
  readonly entry: string | undefined;
  readonly natives: readonly NativeOption[];
  readonly nativesMode: string | undefined;
  readonly coreLock: boolean | undefined;
  readonly exec: string | undefined;
  readonly probe: string | undefined;
  readonly probeTimeout: number | undefined;
  readonly json: boolean;
  readonly updates: boolean;
  readonly follow: string | undefined;
  readonly args: readonly string[];
  readonly shellName: string | undefined;
  readonly shellVersion: string | undefined;
  readonly schedule: ScheduleOptions | undefined;
};

export type SettingsInput = {
  readonly flags: Flags;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
};

const nativeOf = (native: NativeSetting, cwd: string): NativeOption => {
  const place = (dir: string) => path.resolve(cwd, dir);
  if (typeof native !== 'string') {
    return { ...native, ...(native.dir === undefined ? {} : { dir: place(native.dir) }) };
  }
  const at = native.indexOf('=');
  return at === -1 ? { name: native } : { name: native.slice(0, at), dir: place(native.slice(at + 1)) };
};

/** A bare name is looked up on PATH by whoever starts it; anything with a separator is a place. */
export const executableOf = (exec: string, cwd: string): string =>
  /[\\/]/.test(exec) ? path.resolve(cwd, exec) : exec;

const settingsOf = (merged: ConfigFile, cwd: string): Settings => {
  const place = (value: string | undefined) => (value === undefined ? undefined : path.resolve(cwd, value));
  return {
    package: merged.package,
    channel: merged.channel,
    registry: merged.registry,
    store: place(merged.store) ?? (merged.package === undefined ? undefined : defaultStore(merged.package)),
    bundled: place(merged.bundled),
    entry: merged.entry,
    natives: (merged.native ?? []).map(native => nativeOf(native, cwd)),
    nativesMode: merged.nativesMode,
    coreLock: merged.coreLock,
    exec: merged.exec === undefined ? undefined : executableOf(merged.exec, cwd),
    probe: merged.probe,
    probeTimeout: merged.probeTimeout,
    json: merged.json ?? false,
    updates: merged.updates ?? true,
    follow: merged.follow,
    args: merged.args ?? [],
    shellName: merged.shellName,
    shellVersion: merged.shellVersion,
    schedule: merged.schedule,
  };
};

/** Merges flags, `STAGEDOOR_*` and `stagedoor.config.json`; anything wrong in any of them is a `UsageError`. */
export const readSettings = (fs: FileSystem, { flags, env, cwd }: SettingsInput): Settings =>
  settingsOf({ ...readConfigFile(fs, cwd), ...readEnvironment(env), ...readFlags(flags) }, cwd);

const missing = (option: string): UsageError =>
  new UsageError(
    `--${option} is required here`,
    `Give it as --${option}, as STAGEDOOR_${option.toUpperCase()} or as "${option}" in stagedoor.config.json.`,
  );

/** The package, where the registry is asked or its name decides a place. */
export const requirePackage = (settings: Settings): string => {
  if (settings.package === undefined) throw missing('package');
  return settings.package;
};

/** The store: named, or the default one of the package. */
export const requireStore = (settings: Settings): string => {
  if (settings.store === undefined) throw missing('package');
  return settings.store;
};

/** The folder of the bundled runtime, where a command can't do without. */
export const requireBundled = (settings: Settings): string => {
  if (settings.bundled === undefined) throw missing('bundled');
  return settings.bundled;
};
