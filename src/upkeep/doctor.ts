import { failureOf } from '../../machines/failure.ts';
import type { FileSystem } from '../store/file-system.ts';
import type { Layout } from '../store/layout.ts';
import { type Finding, finding, problem } from './finding.ts';
import { checkClock, checkFreeSpace, checkStoreRights } from './machine-checks.ts';
import { checkBundled, checkDocuments, checkLeftovers, checkPointer } from './store-checks.ts';
import type { UpkeepSetup } from './target.ts';

/** A check that needs the network or a child: it resolves to what is fine, or rejects with what is not. */
export type OutsideCheck = { readonly id: string; readonly run: () => Promise<string> };

export type DoctorInput = UpkeepSetup & {
  /** Registry, executable, signatures, ABI: whatever the caller can ask. */
  readonly outside?: readonly OutsideCheck[] | undefined;
  /** What the caller has found already. */
  readonly found?: readonly Finding[] | undefined;
  readonly now?: Date | undefined;
};

export type Diagnosis = { readonly outcome: 'ok' | 'problems'; readonly checks: readonly Finding[] };

const runOutside = async ({ id, run }: OutsideCheck): Promise<Finding> => {
  try {
    return finding(id, await run());
  } catch (error) {
    const { message, hint } = failureOf(error);
    return problem(id, 'error', message, hint);
  }
};

/** Looks at what an update and a launch need, and says for each trouble what to do. Changes nothing that lasts. */
export const runDoctor = async (fs: FileSystem, layout: Layout, input: DoctorInput): Promise<Diagnosis> => {
  const { now = new Date(), outside = [], found = [], ...setup } = input;
  const checks = [
    ...checkStoreRights(fs, layout),
    await checkFreeSpace(fs, layout),
    checkClock(fs, layout, now),
    checkBundled(fs, setup),
    checkPointer(fs, layout, setup),
    ...checkDocuments(fs, layout),
    checkLeftovers(fs, layout),
    ...found,
    ...(await Promise.all(outside.map(runOutside))),
  ];
  return { outcome: checks.every(({ ok }) => ok) ? 'ok' : 'problems', checks };
};
