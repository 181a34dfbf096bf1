import path from 'node:path';
import type { NativesOutcome } from '../../machines/contract.ts';
import { StagedoorError } from '../failure.ts';
import type { Abi } from '../natives/abi.ts';
import type { NativeUse } from '../natives/dependency.ts';
import { type Probe, probeAbi } from '../natives/probe.ts';
import { childFiles } from './child-files.ts';
import { nativeUses } from './native-uses.ts';
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

/** Of an executable that is asked anyway, or needs no question: without natives none is started for the evidence alone. */
const knownAbi = async (exec: string, natives: NativesOutcome | null, probe: Probe): Promise<Abi | null> =>
  exec === process.execPath || (natives?.tag ?? null) !== null ? probe(exec) : null;

/** Our preloads are written for what we run on ourselves, and a little less. */
const isTooOld = (abi: Abi): boolean => abi.kind === 'node' && Number.parseInt(abi.node ?? '0', 10) < 18;

/**
 * Throws what is to be told where nothing can be given: then the child starts without. An executable that does not say what it
 * is gets nothing, for it may take an option of ours for its own.
 */
export const childOrders = async (
  setup: Pick<LaunchSetup, 'exec' | 'env' | 'natives'>,
  { natives, identity }: Subject,
  probe: Probe = probeAbi,
): Promise<ChildOrders> => {
  const abi = await knownAbi(setup.exec, natives, probe);
  if (abi === null || isTooOld(abi)) return noOrders;
  const uses = nativeUses(setup.natives, natives ?? { places: [], tree: null }, abi);
  const files = childFiles(abi);
  if (files === null) {
    const lost = uses.length === 0 ? 'who it is' : 'where its natives are';
    throw new StagedoorError(
      'INTERNAL',
      `the runtime can't be told ${lost}: our files are inside an archive, or gone`,
      {
        hint: 'Unpack stagedoor from the asar archive (asarUnpack: "**/node_modules/stagedoor/**").',
      },
    );
  }
  const env = { ...variablesOf(uses, abi), STAGEDOOR_IDENTITY: identity };
  if (abi.kind === 'python') return { execArgv: [], env: { ...env, ...pythonPath(setup.env, files.python) } };
  const preloads = uses.length === 0 ? [files.identity] : [files.natives, files.identity];
  return { execArgv: preloads.flatMap(file => ['--require', file]), env };
};
