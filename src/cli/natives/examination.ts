import type { NativesMode, NativeTree } from '../../../machines/contract.ts';
import { StagedoorError } from '../../failure.ts';
import type { LaunchSetup } from '../../launching/setup.ts';
import type { Abi } from '../../natives/abi.ts';
import type { NativeDependency } from '../../natives/dependency.ts';
import { nativesMode } from '../../natives/mode.ts';
import { nativeDependency } from '../../natives/options.ts';
import { probeAbi } from '../../natives/probe.ts';
import { treesOf } from '../../natives/tree-place.ts';
import { lookAtTree } from '../../natives/trees/find.ts';
import { wantedTree } from '../../natives/wanted.ts';
import type { NativeOption } from '../../options.ts';
import type { OutsideCheck } from '../../upkeep/doctor.ts';
import type { Finding } from '../../upkeep/finding.ts';
import { examineNative } from '../../upkeep/native-check.ts';
import { afterRemedies } from '../../upkeep/native-remedy.ts';
import { checkForeignNatives, checkNativesMode } from '../../upkeep/natives-checks.ts';
import type { CommandContext } from '../command.ts';
import type { Settings } from '../settings.ts';
import { UsageError } from '../usage-error.ts';

/** What the executable loads; a failure where it does not say. */
export const askedExecutable = async (exec: string): Promise<Abi> => {
  const abi = await probeAbi(exec);
  if (abi !== null) return abi;
  throw new StagedoorError('SPAWN_FAILED', `${exec} does not run as Node or Python`);
};

/** The configuration's own mistakes are told when it is read: here one can only lack a folder. */
const dependencies = (
  { bundledDir }: LaunchSetup,
  { natives }: Settings,
): { readonly known: readonly NativeDependency[]; readonly placeless: readonly string[] } => {
  const isPlaceless = ({ dir, install }: NativeOption) =>
    dir === undefined && install === undefined && bundledDir === null;
  const wrong = (value: unknown, expected: string) =>
    new UsageError(`"native" must be ${expected}, not ${JSON.stringify(value)}`);
  return {
    known: natives
      .filter(native => !isPlaceless(native))
      .map(native => nativeDependency(native, bundledDir, wrong)),
    placeless: natives.filter(isPlaceless).map(({ name }) => name),
  };
};

/** The tree that a launch would use, looked for once; nothing is changed. */
const usableTree = (setup: LaunchSetup, natives: readonly NativeDependency[]) => {
  let asked: Promise<NativeTree | null> | null = null;
  const ask = async ({ tag }: Abi): Promise<NativeTree | null> => {
    const { fs, exec } = setup;
    const { stamp, natives: pinned } = await wantedTree({ exec, probe: probeAbi }, natives);
    const wanted = { tag, stamp };
    const look = pinned.length === 0 ? null : await lookAtTree(fs, treesOf(tag), wanted, 'full');
    return look?.kind === 'whole' ? { ...wanted, names: look.stamp.names } : null;
  };
  return (abi: Abi): Promise<NativeTree | null> => {
    asked ??= ask(abi);
    return asked;
  };
};

/** One check for each native dependency, where it is known what it has to serve. */
const nativeChecks = (
  setup: LaunchSetup,
  { known, placeless }: ReturnType<typeof dependencies>,
  mode: NativesMode,
): readonly OutsideCheck[] => {
  const { fs, exec } = setup;
  const copied = known.map(({ name }) => name);
  const tree = usableTree(setup, known);
  return [
    ...placeless.map(name => ({
      id: `native:${name}`,
      run: async () => {
        const missing = `the native dependency ${name} has no folder, and no bundled runtime is named`;
        throw new StagedoorError('NATIVE_SOURCE_MISSING', missing);
      },
    })),
    ...known.map(native => ({
      id: `native:${native.name}`,
      run: async () => {
        const abi = await askedExecutable(exec);
        const state = await examineNative(fs, { ...native, copied }, exec, abi);
        return afterRemedies(state, native, { abi, mode, tree: () => tree(abi) });
      },
    })),
  ];
};

/** What the doctor says of native dependencies: at once, and by asking the executable. */
export type NativesExamination = {
  readonly found: readonly Finding[];
  readonly outside: readonly OutsideCheck[];
};

export const examineNatives = (
  setup: LaunchSetup,
  { settings, env }: Pick<CommandContext, 'settings' | 'env'>,
): NativesExamination => {
  const named = dependencies(setup, settings);
  const mode = nativesMode(env.STAGEDOOR_NATIVES, settings.nativesMode);
  return {
    found: [
      ...checkNativesMode(named.known, mode, env.STAGEDOOR_NATIVES),
      ...checkForeignNatives(named.known, mode, process.platform),
    ],
    outside: nativeChecks(setup, named, mode),
  };
};
