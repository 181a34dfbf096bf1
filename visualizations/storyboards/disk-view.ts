import { readdirSync } from 'node:fs';
import { readAttempts } from '#src/store/attempts.js';
import { readBadVersions } from '#src/store/bad-versions.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { namesIn } from '#src/store/folder.js';
import { readHealth } from '#src/store/health.js';
import type { Layout } from '#src/store/layout.js';
import { readPin } from '#src/store/pin.js';
import { readPointer } from '#src/store/pointer.js';
import { stagedVersions } from '#src/store/retention.js';
import { liveScratch, orphanedScratch, orphanedTemporaries } from '#src/store/scratch.js';
import { readTreeList } from '#src/store/tree-list.js';

export type DiskView = Readonly<Record<string, string>>;

const listed = (items: readonly string[]): string => (items.length === 0 ? 'none' : items.join('; '));

const pointerLine = (layout: Layout): string => {
  const state = readPointer(fs, layout);
  if (state.kind === 'none') return 'none';
  return state.kind === 'valid' ? state.pointer.version : `invalid: ${state.reason}`;
};

const versionLine = (layout: Layout): string => {
  const health = readHealth(fs, layout);
  return listed(
    stagedVersions(fs, layout).map(version => {
      const known = health.versions[version];
      const facts = [
        ...(readTreeList(fs, layout.version(version)) === null ? ['no valid tree list'] : []),
        ...(known === undefined || known.launches === 0 ? [] : [`${known.launches} × healthy`]),
        ...(known?.trusted === true ? ['trusted'] : []),
      ];
      return facts.length === 0 ? version : `${version} (${facts.join(', ')})`;
    }),
  );
};

const badLine = (layout: Layout): string =>
  listed(
    readBadVersions(fs, layout).map(({ version, strikes, cause, reason }) => {
      const weight = strikes >= 2 ? 'bad' : '1 strike';
      return `${version}: ${weight}, ${cause} (${reason})`;
    }),
  );

const shownAttempts = 4;

/** Ids are random: an attempt is called by its place in the order. */
const attemptLine = (layout: Layout): string => {
  const attempts = readAttempts(fs, layout).map(
    ({ version, state }, index) => `#${index + 1} ${version} ${state}`,
  );
  const hidden = attempts.length - shownAttempts;
  return listed([...(hidden > 0 ? ['…'] : []), ...attempts.slice(-shownAttempts)]);
};

const versionOf = (scratch: string): string => scratch.replace(/\.partial\/.*$/, '');

const scratchLine = (layout: Layout): string =>
  listed([
    ...liveScratch(fs, layout).map(name => `${versionOf(name)} is being staged`),
    ...orphanedScratch(fs, layout).map(name => `${versionOf(name)} left by a dead process`),
    ...orphanedTemporaries(fs, layout).map(() => 'a temporary file left by a dead process'),
  ]);

const trashLine = (layout: Layout): string => {
  const count = namesIn(fs, layout.trash).length;
  return count === 0 ? 'none' : `${count} thing${count === 1 ? '' : 's'} to delete`;
};

const exists = (dir: string): boolean => {
  try {
    return readdirSync(dir).length > 0;
  } catch {
    return false;
  }
};

/** The store as it lies on disk now, a line a thing. Reads only, and at once: nothing happens meanwhile. */
export const viewDisk = (layout: Layout): DiskView => ({
  pointer: pointerLine(layout),
  versions: versionLine(layout),
  'bad versions': badLine(layout),
  attempts: attemptLine(layout),
  scratch: scratchLine(layout),
  ...(exists(layout.trash) ? { trash: trashLine(layout) } : {}),
  ...(readPin(fs, layout) === null ? {} : { pin: readPin(fs, layout) ?? '' }),
});
