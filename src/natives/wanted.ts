import { StagedoorError } from '../failure.ts';
import type { Abi } from './abi.ts';
import { pinsFor } from './comparison.ts';
import type { NativeDependency, Pin } from './dependency.ts';
import { uniquePins } from './options.ts';
import type { Probe } from './probe.ts';
import { stampOf } from './trees/stamp.ts';

/** What a tree for one executable is to hold. */
export type Wanted = {
  readonly abi: Abi;
  readonly exec: string;
  readonly probe: Probe;
  /** The natives that are pinned for its ecosystem. */
  readonly natives: readonly NativeDependency[];
  /** Names of those that may be built from source. */
  readonly buildable: readonly string[];
  /** Each once. */
  readonly pins: readonly Pin[];
  readonly stamp: string;
};

/** The executable's own word; one that had a tag before and has none now is gone or was replaced. */
export const askedAbi = async (probe: Probe, exec: string): Promise<Abi> => {
  const abi = await probe(exec);
  if (abi !== null) return abi;
  throw new StagedoorError('NATIVE_ABI_MISMATCH', 'the executable does not say any more what it is');
};

export const wantedTree = async (
  facts: Pick<Wanted, 'exec' | 'probe'>,
  all: readonly NativeDependency[],
): Promise<Wanted> => {
  const abi = await askedAbi(facts.probe, facts.exec);
  const natives = all.filter(native => pinsFor(native, abi).length > 0);
  const buildable = natives.filter(({ build }) => build).map(({ name }) => name);
  const pins = uniquePins(natives.flatMap(native => pinsFor(native, abi)));
  const names = natives.map(({ name }) => name);
  return { ...facts, abi, natives, buildable, pins, stamp: stampOf(names, pins, buildable) };
};
