import type { Candidate } from '../../machines/contract.ts';
import { toFailure } from '../failure.ts';
import { probeAbi } from '../natives/probe.ts';
import type { Journal } from '../store/journal.ts';
import { collect, retainedVersions } from '../store/retention.ts';
import { sweepScratch } from '../store/scratch.ts';
import { readBundled } from './bundled.ts';
import type { LaunchSetup } from './setup.ts';
import { condemn, damageOf } from './tree-guard.ts';

const checkRunning = async (setup: LaunchSetup, candidate: Candidate, journal: Journal): Promise<void> => {
  const damage = await damageOf(setup, candidate, 'full');
  if (damage === null) return;
  const { path, reason } = damage;
  journal.append({ event: 'tree.damaged', version: candidate.version, path, reason });
  // It runs, so it is not pulled from under itself; the next launch refuses it, the next update stages it anew.
  await condemn(setup, candidate);
};

const tidy = async ({ fs, layout, ...setup }: LaunchSetup, journal: Journal): Promise<void> => {
  const bundled = readBundled(fs, setup.bundledDir, setup);
  const floor = bundled.kind === 'valid' ? bundled.bundled.version : null;
  const keep = (): Set<string> => retainedVersions(fs, layout, floor);
  const swept = await sweepScratch(fs, layout);
  const { removed, freedBytes, inUse } = await collect(fs, layout, { keep });
  if (swept.length + removed.length + inUse.length === 0) return;
  journal.append({ event: 'store.collected', swept, removed, freedBytes, inUse });
};

/** What a start owes the store, once the user has a running app: the full check (P-09), then the leftovers (S-07). */
export const afterStart = async (
  setup: LaunchSetup,
  candidate: Candidate,
  journal: Journal,
): Promise<void> => {
  try {
    await checkRunning(setup, candidate, journal);
    await tidy(setup, journal);
    // So that the next launch knows who will say who it is (N-10); what has answered once is not started again.
    await probeAbi(setup.exec);
  } catch (error) {
    // It never fails a start; the next one does it again.
    journal.append({ event: 'upkeep.failed', failure: toFailure(error) });
  }
};
