import { setTimeout as pause } from 'node:timers/promises';
import { isAlive, ownToken } from '../../process/identity.ts';
import { ensureFolder } from '../../store/durable-file.ts';
import type { FileSystem } from '../../store/file-system.ts';
import { namesIn } from '../../store/folder.ts';
import { type Layout, newScratch, ownerOf } from '../../store/layout.ts';
import { withLock } from '../../store/lock.ts';
import { sweepScratch } from '../../store/scratch.ts';

/** Claims take turns: between the question and the folder nobody else asks. */
const claimLock = 'claim';
/** A claim that is seen late costs nothing but this. */
const lookAgainMs = 100;

const isClaimed = (fs: FileSystem, layout: Layout, stamp: string): boolean =>
  namesIn(fs, layout.partials(stamp)).some(id => {
    const owner = ownerOf(id);
    return owner !== null && isAlive(owner);
  });

/**
 * The only scratch folder that living processes have for this stamp, made here; null where another one has it, which may be
 * this very process. A claim ends with its process. What the dead left goes first (S-07).
 */
export const claimScratch = async (
  fs: FileSystem,
  layout: Layout,
  stamp: string,
  signal: AbortSignal,
): Promise<string | null> => {
  await ensureFolder(fs, layout.versions);
  await sweepScratch(fs, layout);
  const scratch = await withLock(layout, claimLock, async () => {
    signal.throwIfAborted();
    if (isClaimed(fs, layout, stamp)) return null;
    const mine = newScratch(stamp, ownToken());
    fs.mkdirSync(layout.partial(mine), { recursive: true });
    return mine;
  });
  if (scratch === null || !signal.aborted) return scratch;
  await sweepScratch(fs, layout, { abandoned: [scratch] });
  throw signal.reason;
};

/** Resolves when no living process has a scratch folder for this stamp any more. */
export const awaitOther = async (
  fs: FileSystem,
  layout: Layout,
  stamp: string,
  signal: AbortSignal,
): Promise<void> => {
  while (isClaimed(fs, layout, stamp)) await pause(lookAgainMs, undefined, { signal });
};
