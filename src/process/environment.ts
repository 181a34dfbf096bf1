import { posix, win32 } from 'node:path';

/** What the child is told (surface: environment of the child). */
export type ChildFacts = {
  readonly entry: string;
  readonly attempt: string;
  readonly version: string;
  /** K-04: only if the lock is there; a value that is already set stays. */
  readonly coreLockPath?: string | undefined;
  /** Is the executable Electron? Default: whether this process is. */
  readonly electron?: boolean | undefined;
  /** The executable, for launch shims that the runtime calls. Ignored unless absolute. */
  readonly exec?: string | undefined;
  /** Given as they are: what leads to natives and identity. */
  readonly additions?: Readonly<Record<string, string>> | undefined;
  readonly platform?: NodeJS.Platform | undefined;
};

const coreLock = 'STAGEDOOR_CORE_LOCK_PATH';

/** Inherited from whoever started the shell: these would load foreign code or change what the runtime does (P-37). */
const droppedNames: ReadonlySet<string> = new Set([
  'NODE_OPTIONS',
  'NODE_PATH',
  'NODE_UNIQUE_ID',
  'NODE_V8_COVERAGE',
  'LD_PRELOAD',
  'LD_AUDIT',
]);
const droppedPrefixes = [
  'NODE_CHANNEL_',
  'NODE_REPL_',
  'DYLD_',
  'ELECTRON_',
  'npm_',
  'STAGEDOOR_',
  'VITEST',
] as const;

const isDropped = (name: string): boolean =>
  droppedNames.has(name) || droppedPrefixes.some(prefix => name.startsWith(prefix));

/** Windows compares names without case, so a name must not come through in another one. */
const isDroppedOnWindows = (name: string): boolean => {
  const upper = name.toUpperCase();
  return droppedNames.has(upper) || droppedPrefixes.some(prefix => upper.startsWith(prefix.toUpperCase()));
};

/** The child's environment, made anew from `base`, which is left as it is (P-37). */
export const childEnvironment = (
  base: Readonly<Record<string, string | undefined>>,
  facts: ChildFacts,
): Record<string, string> => {
  const { platform = process.platform, electron = process.versions.electron !== undefined } = facts;
  const windows = platform === 'win32';
  const drops = windows ? isDroppedOnWindows : isDropped;
  const { isAbsolute } = windows ? win32 : posix;
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(base)) {
    if (value !== undefined && !drops(name)) env[name] = value;
  }
  if (electron) env.ELECTRON_RUN_AS_NODE = '1';
  env.STAGEDOOR_ENTRY = facts.entry;
  env.STAGEDOOR_ATTEMPT = facts.attempt;
  env.STAGEDOOR_VERSION = facts.version;
  if (facts.exec !== undefined && isAbsolute(facts.exec)) env.STAGEDOOR_EXEC = facts.exec;
  const lock = base[coreLock] || facts.coreLockPath;
  if (lock !== undefined && lock !== '') env[coreLock] = lock;
  return { ...env, ...facts.additions };
};
