import type { Resolution, ResolveInput } from '../../machines/contract.ts';
import { type Failure, failureOf } from '../../machines/failure.ts';
import { StagedoorError, toFailure } from '../failure.ts';
import { readBadVersions } from '../store/bad-versions.ts';
import type { Journal } from '../store/journal.ts';
import { clearPointer, commitPointer } from '../store/pointer.ts';
import { removeInvalidPointer } from '../store/pointer-upkeep.ts';
import { readTreeList } from '../store/tree-list.ts';
import { readBundled } from './bundled.ts';
import { type Decision, decide, type VerdictKey } from './candidates.ts';
import type { LaunchSetup } from './setup.ts';

const noKey: VerdictKey = { abi: '', shellVersion: '', now: new Date(0) };

/** The key is asked for only where there is something to compare: it may cost a subprocess. */
const lookAround = async (
  setup: LaunchSetup,
  key: () => Promise<VerdictKey>,
  exclude: readonly string[],
): Promise<Decision> => {
  const marks = readBadVersions(setup.fs, setup.layout);
  return decide(setup, marks, marks.length === 0 ? noKey : await key(), exclude);
};

/** L-07: whatever is wrong with the store or with us, the bundled runtime is there. */
const bundledAlone = (setup: LaunchSetup, exclude: readonly string[], fault: Failure): Decision => {
  const bundled = readBundled(setup.fs, setup.bundledDir, setup);
  const version = bundled.kind === 'valid' ? bundled.bundled.version : null;
  const free = version !== null && !exclude.includes(version);
  const message = `what is staged could not be looked at: ${fault.message}`;
  return {
    candidates: free ? [{ role: 'bundled', version, tree: null, firstStart: true }] : [],
    refusals: [{ code: 'resolver-failed', version: null, message }],
    clear: null,
    pointer: { kind: 'none' },
    bundled,
  };
};

/** Nobody's app waits a minute for a pointer that is refused in any case: the next start tries again. */
const scannerMs = 2000;

/** A pointer that is invalid or stale goes (S-05), one of the older shape is rewritten (S-03). */
const tidyPointer = async (
  { fs, layout, entry }: LaunchSetup,
  { clear, pointer }: Decision,
): Promise<void> => {
  if (clear !== null) {
    if (clear.version === null) await removeInvalidPointer(fs, layout, entry);
    // An update may have staged that version anew meanwhile: only what was refused goes.
    else {
      const { version } = clear;
      await clearPointer(fs, layout, pointer.kind === 'valid' ? pointer.pointer : { version }, scannerMs);
    }
  } else if (pointer.kind === 'valid' && pointer.legacy) {
    const { version } = pointer.pointer;
    const tree = readTreeList(fs, layout.version(version))?.digest ?? null;
    await commitPointer(fs, layout, { version, tree, unlessNewer: true });
  }
};

const nothingThere = ({ refusals }: Decision): StagedoorError => {
  const reasons = refusals.map(({ message }) => message).join('; ');
  return new StagedoorError('BUNDLED_INVALID', `there is no runtime to launch: ${reasons}`, {
    hint: 'Check --bundled, or stage a version with stagedoor update.',
  });
};

/** What to launch, freshly looked at (L-01). Rejects only where there is nothing at all. */
export const resolveCandidates = async (
  setup: LaunchSetup,
  key: () => Promise<VerdictKey>,
  { exclude }: ResolveInput,
  journal: Journal,
): Promise<Resolution> => {
  let decision: Decision;
  try {
    decision = await lookAround(setup, key, exclude);
  } catch (error) {
    decision = bundledAlone(setup, exclude, failureOf(error));
  }
  const { candidates, refusals } = decision;
  journal.append({ event: 'launch.resolved', candidates, refusals });
  try {
    await tidyPointer(setup, decision);
  } catch (error) {
    // A pointer that was refused is refused in any case; the next resolve tries to remove it again (S-05).
    journal.append({ event: 'pointer.notCleared', failure: toFailure(error) });
  }
  if (candidates.length === 0) throw nothingThere(decision);
  return { candidates, refusals };
};
