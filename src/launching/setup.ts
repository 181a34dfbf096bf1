import path from 'node:path';
import semverValid from 'semver/functions/valid.js';
import type { NativesMode } from '../../machines/contract.ts';
import type { NativeDependency } from '../natives/dependency.ts';
import { isNativesMode, nativesMode } from '../natives/mode.ts';
import { conflictingPin, nativeDependency } from '../natives/options.ts';
import type { StagedoorOptions } from '../options.ts';
import { type ProbeSpec, parseProbe } from '../process/probe-spec.ts';
import type { SpawnRuntime } from '../process/runtime-process.ts';
import { spawnRuntime } from '../process/spawn.ts';
import { type FileSystem, nodeFileSystem } from '../store/file-system.ts';
import { type Layout, storeLayout } from '../store/layout.ts';
import { defaultStore } from '../store/location.ts';

/** The options of a launch, checked once; everything else trusts them. */
export type LaunchSetup = {
  readonly fs: FileSystem;
  readonly layout: Layout;
  readonly packageName: string;
  readonly bundledDir: string | null;
  readonly entry: string | undefined;
  readonly exec: string;
  readonly spawn: SpawnRuntime;
  readonly probe: ProbeSpec;
  /** Milliseconds of active time; null: 30,000, and 120,000 for the first start of a version. */
  readonly probeTimeoutMs: number | null;
  readonly args: readonly string[];
  readonly cwd: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Empty where the shell has none. */
  readonly shellVersion: string;
  readonly natives: readonly NativeDependency[];
  readonly nativesMode: NativesMode;
  /** Undefined: where plugins are installed. */
  readonly coreLock: boolean | undefined;
};

const quoted = (value: unknown): string =>
  typeof value === 'string' || (typeof value === 'object' && value !== null)
    ? JSON.stringify(value)
    : String(value);

/** A caller's mistake: at once, quoting the option and the value. */
export const mistake = (option: string, value: unknown, expected: string): TypeError =>
  new TypeError(`option "${option}" must be ${expected}, got ${quoted(value)}`);

/** npm's own rules for new names, scoped or not; also what keeps a name from being a path. */
const packageName = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

export const checkPackageName = (option: string, value: unknown): string => {
  if (typeof value === 'string' && value.length <= 214 && packageName.test(value)) return value;
  throw mistake(option, value, 'the name of an npm package');
};

/** A version as a caller names it: whether there is such a one is answered, not thrown. */
export const checkVersion = (value: unknown): string => {
  if (typeof value === 'string' && value !== '') return value;
  throw mistake('version', value, 'the text of a version');
};

const optionalText = (option: string, value: unknown): string | undefined => {
  if (value === undefined || (typeof value === 'string' && value !== '' && !value.includes('\0')))
    return value;
  throw mistake(option, value, 'a text that is not empty');
};

const entryInside = (value: unknown): string | undefined => {
  const entry = optionalText('entry', value);
  if (entry === undefined) return undefined;
  const segments = entry.split(/[\\/]/);
  if (path.isAbsolute(entry) || /^[a-z]:/i.test(entry) || segments.includes('..')) {
    throw mistake('entry', value, 'a path inside the package');
  }
  return segments.filter(segment => segment !== '.' && segment !== '').join('/');
};

const textList = (option: string, value: unknown): readonly string[] => {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every(item => typeof item === 'string')) return value;
  throw mistake(option, value, 'a list of texts');
};

const environment = (value: StagedoorOptions['env']): LaunchSetup['env'] => {
  if (value === undefined) return process.env;
  if (typeof value === 'object' && value !== null) return value;
  throw mistake('env', value, 'an object');
};

const timeout = (value: unknown): number | null => {
  if (value === undefined) return null;
  if (typeof value === 'number' && Number.isFinite(value) && value > 0 && value <= 2 ** 31 - 1) return value;
  throw mistake('probeTimeout', value, 'a number of milliseconds above 0');
};

const spawner = (value: StagedoorOptions['spawn']): SpawnRuntime => {
  if (value === undefined) return spawnRuntime;
  if (typeof value === 'function') return value;
  throw mistake('spawn', value, 'a function');
};

const fileSystem = (value: StagedoorOptions['fs']): FileSystem => {
  if (value === undefined) return nodeFileSystem;
  if (typeof value === 'object' && value !== null) return value;
  throw mistake('fs', value, 'a file system');
};

const nativesOf = (given: unknown, bundledDir: string | null): readonly NativeDependency[] => {
  if (!Array.isArray(given)) throw mistake('natives', given, 'a list');
  const natives = given.map(native =>
    nativeDependency(native, bundledDir, (value, expected) => mistake('natives', value, expected)),
  );
  const twice = conflictingPin(natives);
  if (twice === undefined) return natives;
  throw mistake('natives', `${twice.name}@${twice.version}`, 'pinned in one version each');
};

const modeOf = (value: unknown): NativesMode => {
  const configured = optionalText('nativesMode', value);
  if (configured !== undefined && !isNativesMode(configured))
    throw mistake('nativesMode', value, '"auto" or "skip"');
  return nativesMode(process.env.STAGEDOOR_NATIVES, configured);
};

const yesOrNo = (option: string, value: unknown): boolean | undefined => {
  if (value === undefined || typeof value === 'boolean') return value;
  throw mistake(option, value, 'true or false');
};

/** Checks the options that a launch needs. Throws a `TypeError` that quotes the option and the value. */
export const launchSetup = (options: StagedoorOptions, through?: FileSystem): LaunchSetup => {
  const given: unknown = options;
  if (typeof given !== 'object' || given === null) throw mistake('options', given, 'an object');
  const name = checkPackageName('package', options.package);
  const store = optionalText('store', options.store) ?? defaultStore(name);
  const bundled = optionalText('bundled', options.bundled);
  const shellVersion = optionalText('shellVersion', options.shellVersion);
  const bundledDir = bundled === undefined ? null : path.resolve(bundled);
  return {
    fs: through ?? fileSystem(options.fs),
    layout: storeLayout(path.resolve(store)),
    packageName: name,
    bundledDir,
    entry: entryInside(options.entry),
    exec: optionalText('exec', options.exec) ?? process.execPath,
    spawn: spawner(options.spawn),
    probe: parseProbe(optionalText('probe', options.probe) ?? 'alive:2000'),
    probeTimeoutMs: timeout(options.probeTimeout),
    args: textList('args', options.args),
    cwd: optionalText('cwd', options.cwd),
    env: environment(options.env),
    shellVersion: semverValid(shellVersion) ?? '',
    natives: nativesOf(options.natives ?? [], bundledDir),
    nativesMode: modeOf(options.nativesMode),
    coreLock: yesOrNo('coreLock', options.coreLock),
  };
};
