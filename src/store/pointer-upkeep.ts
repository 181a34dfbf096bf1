import gt from 'semver/functions/gt.js';
import { diskFailure } from '../failure.ts';
import { flushFolder } from './durable-file.ts';
import { entryFile } from './entry.ts';
import type { FileSystem } from './file-system.ts';
import type { Layout } from './layout.ts';
import { withLock } from './lock.ts';
import { clearPointer, commitPointer, readPointer } from './pointer.ts';

export type PointerUpkeep =
  | { readonly kind: 'kept' }
  | { readonly kind: 'rewritten'; readonly version: string }
  | { readonly kind: 'removed'; readonly version: string | null; readonly reason: string };

/** Removes a pointer that can't be understood, a folder in its place included; true if there was one. */
export const removeInvalidPointer = (fs: FileSystem, layout: Layout, entry?: string): Promise<boolean> =>
  withLock(layout, 'current.json', async () => {
    if (readPointer(fs, layout, entry).kind !== 'invalid') return false;
    try {
      fs.rmSync(layout.current, { recursive: true, force: true });
      await flushFolder(fs, layout.root);
    } catch (error) {
      throw diskFailure(error, 'remove the invalid pointer');
    }
    return true;
  });

/** Why a pointer with a known shape is of no use: no entry now (S-04), or nothing newer than the bundle (L-02). */
const staleness = (
  fs: FileSystem,
  layout: Layout,
  version: string,
  { entry, bundled }: UpkeepInput,
): string | null => {
  if (bundled !== null && !gt(version, bundled)) return `${version} is not newer than the bundled ${bundled}`;
  return entryFile(fs, layout.version(version), entry) === null ? `the entry of ${version} is missing` : null;
};

type UpkeepInput = { readonly entry?: string | undefined; readonly bundled: string | null };

/** At each resolve: an invalid or stale pointer goes (S-05), one of the older shape is rewritten (S-03). */
export const tidyPointer = async (
  fs: FileSystem,
  layout: Layout,
  input: UpkeepInput,
): Promise<PointerUpkeep> => {
  const state = readPointer(fs, layout, input.entry);
  if (state.kind === 'none') return { kind: 'kept' };
  if (state.kind === 'invalid') {
    await removeInvalidPointer(fs, layout, input.entry);
    return { kind: 'removed', version: null, reason: state.reason };
  }
  const { version, tree } = state.pointer;
  const reason = staleness(fs, layout, version, input);
  if (reason !== null) {
    await clearPointer(fs, layout, version);
    return { kind: 'removed', version, reason };
  }
  if (!state.legacy) return { kind: 'kept' };
  await commitPointer(fs, layout, { version, tree });
  return { kind: 'rewritten', version };
};
