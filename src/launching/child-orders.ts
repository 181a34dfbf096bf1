import path from 'node:path';
import type { NativesOutcome } from '../../machines/contract.ts';
import { StagedoorError } from '../failure.ts';
import type { Abi } from '../natives/abi.ts';
import type { NativeUse } from '../natives/dependency.ts';
import { type Probe, probeAbi } from '../natives/probe.ts';
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
  /** Where the child writes down who it is. */
  readonly identity: string;
};

const filesFor = (reader: Reader, uses: readonly NativeUse[]): ChildFiles => {
  const files = childFiles(reader);
  if (files !== null) return files;
  const lost = uses.length === 0 ? 'say who it is' : 'be told where its natives are';
  throw new StagedoorError(
    'INTERNAL',
    `the runtime can't ${lost}: our files are inside an archive, or gone`,
    { hint: 'Unpack stagedoor from the asar archive (asarUnpack: "**/node_modules/stagedoor/**").' },
  );
};

/** Whether nothing is to be led. */
export const needsNothing = (natives: NativesOutcome | null): boolean =>
  natives?.places.every(({ from }) => from === 'own') ?? true;

/** Of an executable that is asked anyway, or needs no question: without natives none is started for the evidence alone. */
const knownAbi = async (exec: string, natives: NativesOutcome | null, probe: Probe): Promise<Abi | null> =>
  exec === process.execPath || (natives?.tag ?? null) !== null ? probe(exec) : null;

/** Our preloads are written for what we run on ourselves, and a little less. */
const isTooOld = (abi: Abi): boolean => abi.kind === 'node' && Number.parseInt(abi.node ?? '0', 10) < 18;

/**
 * Throws where nothing can be given: a child that need not be led starts without, another is refused. An executable that does not
 * say what it is gets nothing, for it may take an option of ours for its own.
 */
export const childOrders = async (
  setup: Pick<LaunchSetup, 'exec' | 'env' | 'natives'>,
  { natives, identity }: Subject,
  probe: Probe = probeAbi,
): Promise<ChildOrders> => {
  const { exec } = setup;
  if (exec === process.execPath && needsNothing(natives)) {
    // Nothing has asked for our own ABI yet, and a launch must not wait for it.
    const { identity: preload } = filesFor({ kind: 'node', electron: process.versions.electron ?? null }, []);
    return { execArgv: ['--require', preload], env: { STAGEDOOR_IDENTITY: identity } };
  }
  const abi = await knownAbi(exec, natives, probe);
  if (abi === null || isTooOld(abi)) return noOrders;
  const uses = nativeUses(setup.natives, natives ?? { places: [], tree: null }, abi);
  const files = filesFor(abi, uses);
  const env = { ...variablesOf(uses, abi), STAGEDOOR_IDENTITY: identity };
  if (abi.kind === 'python') {
    const tree = natives?.places.some(({ from }) => from === 'tree') === true ? natives.tree : null;
    const whole = tree === null ? {} : { STAGEDOOR_NATIVE_TREE: packagesOf(tree, abi) };
    return { execArgv: [], env: { ...env, ...whole, ...pythonPath(setup.env, files.python) } };
  }
  const preloads = uses.length === 0 ? [files.identity] : [files.natives, files.identity];
  return { execArgv: preloads.flatMap(file => ['--require', file]), env };
};
