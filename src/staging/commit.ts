import type { CommitInput, CommitOutput, ScratchInput, VerifyOutput } from '../../machines/contract.ts';
import { StagedoorError } from '../failure.ts';
import { flushFolder, withBusyRetry } from '../store/durable-file.ts';
import { entryFile } from '../store/entry.ts';
import { distrust, readHealth } from '../store/health.ts';
import { whileHeld } from '../store/hold.ts';
import { Contested, isThere, renameInto } from '../store/placing.ts';
import { commitPointer, type PointerCommitted } from '../store/pointer.ts';
import { quarantine } from '../store/retention.ts';
import { strictly } from '../store/strict-reading.ts';
import { checkTree } from '../store/tree-check.ts';
import { readTreeList } from '../store/tree-list.ts';
import type { StagingSession } from './session.ts';

/** The digest of a finished folder that holds the same bytes and natives, fully checked; null if it does not (U-10). */
const finishedTree = async (
  { fs, layout, options }: StagingSession,
  { release }: ScratchInput,
): Promise<string | null> => {
  const dir = layout.version(release.version);
  const file = readTreeList(strictly(fs), dir);
  const same =
    file?.list.integrity === release.integrity &&
    file.list.version === release.version &&
    options.natives.every(({ name }) => file.list.natives.includes(name));
  if (!same) return null;
  const check = await checkTree(fs, dir, { expectedTree: file.digest, depth: 'full' });
  return check.ok ? file.digest : null;
};

/** Takes over a folder that an earlier run finished and did not point to, instead of downloading it again (U-10). */
export const adoptTree = async (session: StagingSession, input: ScratchInput): Promise<VerifyOutput> => {
  const tree = await finishedTree(session, input);
  if (tree !== null) return { tree };
  const { name, version } = input.release;
  throw new StagedoorError('TREE_DAMAGED', `the finished folder of ${name}@${version} is gone or damaged`);
};

/** Trust was earned by one tree: another one under the same number has to earn it anew. */
const forgetTrust = async ({ fs, layout }: StagingSession, version: string, tree: string): Promise<void> => {
  const known = readHealth(fs, layout).versions[version];
  if (known?.trusted === true && known.tree !== tree) await distrust(fs, layout, [version]);
};

const setAside = ({ fs, layout }: StagingSession, version: string): void => {
  if (quarantine(fs, layout, version) || !isThere(fs, layout.version(version))) return;
  throw Object.assign(new Error(`versions/${version} is in use`), { code: 'EBUSY' });
};

/**
 * Moves the staged tree into its place and gives back the digest of what is there. A good folder of the same bytes stays
 * (another process may have staged it, and a child may run in it); any other one is set aside first, so that a folder
 * that was good and pointed to is never gone, not for a moment (U-09).
 */
const placeTree = async (
  session: StagingSession,
  input: CommitInput,
  signal: AbortSignal,
): Promise<string> => {
  const { fs, layout } = session;
  const { version } = input.release;
  const [source, target] = [layout.partialTree(input.scratch), layout.version(version)];
  for (let rounds = 3; ; rounds -= 1) {
    if (isThere(fs, target)) {
      const finished = await finishedTree(session, input);
      if (finished !== null) return finished;
      await withBusyRetry(() => setAside(session, version), { signal });
    }
    await forgetTrust(session, version, input.tree);
    try {
      await withBusyRetry(() => renameInto(fs, source, target), { signal });
      return input.tree;
    } catch (error) {
      if (!(error instanceof Contested) || rounds === 0) throw error;
    }
  }
};

/** A version that was pointed to and never launched is superseded, not replaced after use. */
const supersededBy = ({ fs, layout }: StagingSession, version: string, previous: string | null) => {
  if (previous === null || previous === version) return null;
  return (readHealth(fs, layout).versions[previous]?.launches ?? 0) === 0 ? previous : null;
};

const pointTo = async (
  { fs, layout, options }: StagingSession,
  version: string,
  tree: string,
  signal: AbortSignal,
): Promise<PointerCommitted> => {
  // Also where it was there before: whoever renamed it may have been killed before this flush (P-02).
  await flushFolder(fs, layout.versions);
  // Another process may have staged a newer one meanwhile; a pointer to nothing is no reason to hold back.
  const isLive = (named: string): boolean => entryFile(fs, layout.version(named), options.entry) !== null;
  return commitPointer(fs, layout, { version, tree, unlessNewer: true, isLive }, signal);
};

/**
 * Renames the tree into its place, then writes the pointer: the one act that counts (U-06, U-09). Its scratch folder keeps
 * a staged version from being collected meanwhile; one that is adopted has none and is held.
 */
export const commitTree = async (
  session: StagingSession,
  input: CommitInput,
  signal: AbortSignal,
): Promise<CommitOutput> => {
  const { fs, layout } = session;
  const { version } = input.release;
  const adopt = async (): Promise<PointerCommitted> =>
    // Whoever took us for dead may have swept the staged tree, or collected the adopted one: never point to nothing.
    pointTo(session, version, (await adoptTree(session, input)).tree, signal);
  const { seq, previous, committed } = isThere(fs, layout.partialTree(input.scratch))
    ? await pointTo(session, version, await placeTree(session, input, signal), signal)
    : await whileHeld(fs, layout, version, adopt);
  if (!committed && previous !== null) return { kind: 'overtaken', by: previous };
  return { kind: 'committed', seq, superseded: supersededBy(session, version, previous) };
};
