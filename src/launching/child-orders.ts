import path from 'node:path';
import type { NativesOutcome } from '../../machines/contract.ts';
import { StagedoorError } from '../failure.ts';
import type { Abi } from '../natives/abi.ts';
import type { NativeUse } from '../natives/dependency.ts';
import { type Probe, probeAbi, recallAbi } from '../natives/probe.ts';
import { type ChildFiles, childFiles, type Reader } from './child-files.ts';
import { nativeUses, packagesOf } from './native-uses.ts';
import type { LaunchSetup } from './setup.ts';

/** What a child gets beside its entry so that it loads its natives from where they fit, and says who it is. */
export type ChildOrders = {
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
};

export const noOrders: ChildOrders = { execArgv: [], env: {} };

/** What two executables must share to load the same files: `NODE_MODULE_VERSION`, or Python's SOABI. */
const abiName = (abi: Abi): string | null => (abi.kind === 'python' ? abi.soabi : abi.modules);

const variablesOf = (uses: readonly NativeUse[], abi: Abi): Readonly<Record<string, string>> => {
  if (uses.length === 0) return {};
  const dirs = uses.map(({ name, module, dir }) => [abi.kind === 'python' ? module : name, dir] as const);
  const meant = abiName(abi);
  return {
    STAGEDOOR_NATIVE_DIRS: JSON.stringify(Object.fromEntries(dirs)),
    ...(meant === null ? {} : { STAGEDOOR_NATIVE_ABI: meant }),
  };
};

/** Windows compares names without case. */
const pythonPath = (env: LaunchSetup['env'], first: string): Readonly<Record<string, string>> => {
  const named = (name: string): boolean =>
    (process.platform === 'win32' ? name.toUpperCase() : name) === 'PYTHONPATH';
  const name = Object.keys(env).find(named) ?? 'PYTHONPATH';
  const given = env[name];
  return { [name]: given === undefined || given === '' ? first : first + path.delimiter + given };
};

type Subject = {
  readonly natives: NativesOutcome | null;
  /** True: what is installed with plugins must not take the place of the runtime's own packages (K-06). */
  readonly guarded: boolean;
  /** Where the child writes down who it is. */
  readonly identity: string;
};

const filesFor = (reader: Reader, uses: readonly NativeUse[], guarded: boolean): ChildFiles => {
  const files = childFiles(reader);
  if (files !== null) return files;
  const lesser = guarded ? 'be kept to its own packages' : 'say who it is';
  const lost = uses.length === 0 ? lesser : 'be told where its natives are';
  throw new StagedoorError(
    'INTERNAL',
    `the runtime can't ${lost}: our files are inside an archive, or gone`,
    { hint: 'Unpack stagedoor from the asar archive (asarUnpack: "**/node_modules/stagedoor/**").' },
  );
};

/** Whether nothing is to be led. */
export const needsNothing = (natives: NativesOutcome | null): boolean =>
  natives?.places.every(({ from }) => from === 'own') ?? true;

export type AskAbi = {
  readonly probe: Probe;
  /** What is known without starting anything. */
  readonly recall: (exec: string) => Abi | null;
};

/** An executable is started for what must be led. For the evidence alone what it once said is enough: it is asked behind the start. */
const knownAbi = async (exec: string, isLed: boolean, { probe, recall }: AskAbi): Promise<Abi | null> =>
  exec === process.execPath || isLed ? probe(exec) : recall(exec);

/** Natives first: whoever is kept to the runtime's own packages is then led to the natives among them. */
const preloadsOf = (files: ChildFiles, uses: readonly NativeUse[], guarded: boolean): readonly string[] => [
  ...(uses.length === 0 ? [] : [files.natives]),
  ...(guarded ? [files.coreLock] : []),
  files.identity,
];

const guardVariables = (guarded: boolean): Readonly<Record<string, string>> =>
  guarded ? { STAGEDOOR_CORE_LOCK: '1' } : {};

/** Our preloads are written for what we run on ourselves, and a little less. */
const isTooOld = (abi: Abi): boolean => abi.kind === 'node' && Number.parseInt(abi.node ?? '0', 10) < 18;

/**
 * Throws where nothing can be given: a child that need not be led starts without, another is refused. An executable that does not
 * say what it is gets nothing, for it may take an option of ours for its own.
 */
export const childOrders = async (
  setup: Pick<LaunchSetup, 'exec' | 'env' | 'natives'>,
  { natives, identity, guarded }: Subject,
  ask: AskAbi = { probe: probeAbi, recall: recallAbi },
): Promise<ChildOrders> => {
  const { exec } = setup;
  if (exec === process.execPath && needsNothing(natives)) {
    // Nothing has asked for our own ABI yet, and a launch must not wait for it.
    const files = filesFor({ kind: 'node', electron: process.versions.electron ?? null }, [], guarded);
    const execArgv = preloadsOf(files, [], guarded).flatMap(file => ['--require', file]);
    return { execArgv, env: { ...guardVariables(guarded), STAGEDOOR_IDENTITY: identity } };
  }
  const abi = await knownAbi(exec, guarded || (natives?.tag ?? null) !== null, ask);
  if (abi === null || isTooOld(abi)) return noOrders;
  const uses = nativeUses(setup.natives, natives ?? { places: [], tree: null }, abi);
  const files = filesFor(abi, uses, guarded);
  const env = { ...variablesOf(uses, abi), ...guardVariables(guarded), STAGEDOOR_IDENTITY: identity };
  if (abi.kind === 'python') {
    const tree = natives?.places.some(({ from }) => from === 'tree') === true ? natives.tree : null;
    const whole = tree === null ? {} : { STAGEDOOR_NATIVE_TREE: packagesOf(tree, abi) };
    return { execArgv: [], env: { ...env, ...whole, ...pythonPath(setup.env, files.python) } };
  }
  return { execArgv: preloadsOf(files, uses, guarded).flatMap(file => ['--require', file]), env };
};
