import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { StagedoorError } from '../failure.ts';
import { isAlive, ownToken, processToken } from '../process/identity.ts';
import { removeDurably, writeDurably } from './durable-file.ts';
import type { FileSystem } from './file-system.ts';
import { namesIn, ownNamesIn } from './folder.ts';
import { asRecord, asText, readValue } from './json-shape.ts';
import type { Layout } from './layout.ts';
import { withLock } from './lock.ts';
import { isVersion } from './semantic-version.ts';
import { sizeLimits } from './small-file.ts';
import { strictly } from './strict-reading.ts';

/** Keeps a version from being collected while it runs. It dies with the child, or before one is known with us. */
export type Lease = {
  readonly id: string;
  /** From now on the lease lives as long as this child, also if we die first. */
  readonly hold: (pid: number) => Promise<void>;
  readonly release: () => Promise<void>;
};

type LeaseRecord = { readonly version: string; readonly holder: string };

/** Leases and collection take turns under this name: no version is collected between the question and the answer. */
export const retentionLock = 'retention';

const readLease = (fs: FileSystem, file: string): LeaseRecord | null => {
  const record = asRecord(readValue(fs, file, sizeLimits.record));
  const [version, holder] = [record?.version, asText(record?.holder)];
  return isVersion(version) && holder !== null ? { version, holder } : null;
};

/** Takes a lease on a version. Take it before the tree is checked: what is there then, stays. */
export const takeLease = async (fs: FileSystem, layout: Layout, version: string): Promise<Lease> => {
  layout.version(version);
  const id = randomBytes(8).toString('hex');
  const file = layout.lease(id);
  const write = async (holder: string): Promise<void> => {
    await writeDurably(fs, file, `${JSON.stringify({ schema: 1, version, holder })}\n`);
  };
  await withLock(layout, retentionLock, () => write(ownToken()));
  return {
    id,
    hold: async pid => {
      const token = processToken(pid);
      if (token !== null) await write(token);
    },
    release: async () => {
      await removeDurably(fs, file);
    },
  };
};

const leaseFiles = (layout: Layout, names: readonly string[]): string[] =>
  names.filter(name => name.endsWith('.json')).map(name => path.join(layout.leases, name));

/** The versions that a living process holds. */
export const liveLeases = (fs: FileSystem, layout: Layout): Set<string> => {
  const records = leaseFiles(layout, namesIn(fs, layout.leases)).map(file => readLease(fs, file));
  return new Set(
    records.filter(record => record !== null && isAlive(record.holder)).map(record => record?.version ?? ''),
  );
};

/** What can't be read for a moment may be a living child's: it stays (P-12). */
const isOfTheDead = (fs: FileSystem, file: string): boolean => {
  try {
    const record = readLease(strictly(fs), file);
    return record === null || !isAlive(record.holder);
  } catch (error) {
    if (error instanceof StagedoorError && error.blame === 'disk') return false;
    throw error;
  }
};

/** Removes the leases of the dead; gives back how many. */
export const sweepLeases = async (fs: FileSystem, layout: Layout): Promise<number> => {
  const dead = leaseFiles(layout, ownNamesIn(fs, layout.leases)).filter(file => isOfTheDead(fs, file));
  for (const file of dead) await removeDurably(fs, file);
  return dead.length;
};
