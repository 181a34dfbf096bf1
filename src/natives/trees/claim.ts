import { setTimeout as pause } from 'node:timers/promises';
import { StagedoorError } from '../../failure.ts';
import { isAlive, ownToken } from '../../process/identity.ts';
import { diskFaults } from '../../staging/disk-faults.ts';
import { ensureFolder } from '../../store/durable-file.ts';
import type { FileSystem } from '../../store/file-system.ts';
import { namesIn } from '../../store/folder.ts';
import { versionsInUse } from '../../store/in-use.ts';
import { type Layout, newScratch, ownerOf, partsOfScratch } from '../../store/layout.ts';
import { withLock } from '../../store/lock.ts';
import { sweepScratch } from '../../store/scratch.ts';
import { strictly } from '../../store/strict-reading.ts';
import { lookAtTree, type WantedTree } from './find.ts';

/** Claims take turns, so that few are withdrawn: a claim holds without this as well. */
const claimLock = 'claim';
/** Telling that a process lives starts a program on some systems: seldom, after a short while. */
const [shortestPauseMs, longestPauseMs] = [20, 500];
/** Milliseconds: a download has ten minutes; whoever takes longer than this is asleep, and blocks nobody (P-33). */
const patienceMs = 15 * 60_000;

/** By anybody but who has `own`, an id. */
const isClaimed = (fs: FileSystem, layout: Layout, stamp: string, own: string | null): boolean =>
  namesIn(fs, layout.partials(stamp)).some(id => {
    const owner = ownerOf(id);
    return id !== own && owner !== null && isAlive(owner);
  });

/** Throws STORE_BUSY for a tree that a child has loaded from: it can't be replaced now (P-12). */
export const assertUnused = (fs: FileSystem, layout: Layout, stamp: string): void => {
  if (!versionsInUse(strictly(fs), layout).has(stamp)) return;
  throw new StagedoorError(
    'STORE_BUSY',
    `the native modules in ${stamp} are damaged, and a process uses them`,
    {
      hint: 'End what runs with them, and start again.',
    },
  );
};

/** Is the tree there by now? Whoever was asked for it before may have finished since. */
const isFinished = async (fs: FileSystem, layout: Layout, wanted: WantedTree): Promise<boolean> => {
  const { kind } = await lookAtTree(fs, layout, wanted, 'launch');
  if (kind === 'damaged') assertUnused(fs, layout, wanted.stamp);
  return kind === 'whole';
};

/**
 * Says first that it claims, and then looks whether another one does, or has finished: of two that come at once, one sees the
 * other, whoever has the lock. Two that see each other both give way.
 */
const claimUnlessTaken = async (
  fs: FileSystem,
  layout: Layout,
  wanted: WantedTree,
): Promise<string | null> => {
  const { stamp } = wanted;
  if (isClaimed(fs, layout, stamp, null)) return null;
  const mine = newScratch(stamp, ownToken());
  fs.mkdirSync(layout.partial(mine), { recursive: true });
  let isMine = false;
  try {
    const own = partsOfScratch(mine)?.id ?? null;
    isMine = !isClaimed(fs, layout, stamp, own) && !(await isFinished(fs, layout, wanted));
    return isMine ? mine : null;
  } finally {
    if (!isMine) await sweepScratch(fs, layout, { abandoned: [mine] });
  }
};

const claim = async (
  fs: FileSystem,
  layout: Layout,
  wanted: WantedTree,
  signal: AbortSignal,
): Promise<string | null> => {
  await ensureFolder(fs, layout.versions);
  await sweepScratch(fs, layout);
  const scratch = await withLock(layout, claimLock, () => claimUnlessTaken(fs, layout, wanted));
  if (scratch === null || !signal.aborted) return scratch;
  await sweepScratch(fs, layout, { abandoned: [scratch] });
  throw signal.reason;
};

/**
 * The only scratch folder that living processes have for this stamp, made here; null where another one has it, which may be
 * this very process, or has finished meanwhile. A claim ends with its process. What the dead left goes first (S-07). Rejects
 * with STORE_BUSY where a damaged tree is in use.
 */
export const claimScratch = (
  fs: FileSystem,
  layout: Layout,
  wanted: WantedTree,
  signal: AbortSignal,
): Promise<string | null> =>
  diskFaults('begin a tree of native modules', signal, () => claim(fs, layout, wanted, signal));

/**
 * Resolves when no living process has a scratch folder for this stamp any more. Rejects with the signal's reason, and with
 * STORE_BUSY after a quarter of an hour.
 */
export const awaitOther = (
  fs: FileSystem,
  layout: Layout,
  stamp: string,
  signal: AbortSignal,
): Promise<void> =>
  diskFaults('wait for a tree of native modules', signal, async () => {
    const end = performance.now() + patienceMs;
    for (
      let ms = shortestPauseMs;
      isClaimed(fs, layout, stamp, null);
      ms = Math.min(ms * 1.5, longestPauseMs)
    ) {
      if (performance.now() > end)
        throw new StagedoorError('STORE_BUSY', `another process has not finished ${stamp} in 15 minutes`);
      await pause(ms, undefined, { signal });
    }
  });
