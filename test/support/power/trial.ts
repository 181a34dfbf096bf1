import type { Disk } from './disk.ts';
import { explore, type Judgement } from './exploration.ts';
import type { Mutant } from './mutants.ts';
import type { Operation } from './operation.ts';
import { apply, Refused } from './performing.ts';
import { promisesOf } from './promise.ts';
import type { Recording } from './scenario.ts';

export type Outcome =
  /** A crash state breaks a promise. */
  | { readonly kind: 'caught'; readonly by: string }
  /** Exactly the crash states of the recording, with the same promises: there is nothing to catch. */
  | { readonly kind: 'equal' }
  /** A file system would not perform it. */
  | { readonly kind: 'refused'; readonly by: string }
  | { readonly kind: 'missed' };

const byText = (a: string, b: string): number => (a < b ? -1 : 1);

/** A set or a map as a text in one order. */
const sorted = <Item>(items: Iterable<Item>, spellItem: (item: Item) => unknown = item => item): string =>
  [...items]
    .map(item => JSON.stringify(spellItem(item)))
    .sort(byText)
    .join();

/** What a cut can leave, as texts: the disk that lasts, what is pending, and what is owed at that moment. */
const momentsOf = (recording: Recording, operations: readonly Operation[]): Set<string> => {
  const disk: Disk = recording.disk.copy();
  const promises = promisesOf(recording.disk, operations, recording.scenario);
  const moment = (at: number): string => {
    const { documents, launch } = promises[at] ?? { documents: new Map<string, Set<string>>(), launch: [] };
    const owed = sorted(documents, ([place, held]) => [place, sorted(held)]);
    const folders = sorted(disk.lasting, ([inode, names]) => [inode, sorted(names)]);
    return JSON.stringify([folders, sorted(disk.filesLasting), disk.pending, owed, sorted(launch)]);
  };
  const moments = new Set([moment(0)]);
  for (const [at, operation] of operations.entries()) {
    apply(disk, operation);
    moments.add(moment(at + 1));
  }
  return moments;
};

/** Holds mutants of one recording against it. */
export const trialOf = (
  recording: Recording,
  budget: { readonly perPrefix: number; readonly seed: number },
) => {
  const known = new Map<string, Judgement>();
  let moments: Set<string> | undefined;
  const isEqual = (operations: readonly Operation[]): boolean => {
    moments ??= momentsOf(recording, recording.operations);
    const others = momentsOf(recording, operations);
    return moments.size === others.size && [...others].every(moment => moments?.has(moment) === true);
  };
  return async ({ operations, from }: Mutant): Promise<Outcome> => {
    try {
      const { broken } = await explore(recording, { ...budget, enough: 1, from, known }, operations);
      const [by] = broken;
      if (by !== undefined) return { kind: 'caught', by };
      return { kind: isEqual(operations) ? 'equal' : 'missed' };
    } catch (error) {
      if (error instanceof Refused) return { kind: 'refused', by: error.message };
      throw error;
    }
  };
};
