import path from 'node:path';
import { errnoOf } from '../failure.ts';
import { readAttempts } from '../store/attempts.ts';
import { readBadVersions } from '../store/bad-versions.ts';
import { temporaryName } from '../store/durable-file.ts';
import type { FileSystem } from '../store/file-system.ts';
import { bytesOf, nearest, statOf } from '../store/folder.ts';
import { freeBytes } from '../store/free-space.ts';
import type { Layout } from '../store/layout.ts';
import { stagedVersions } from '../store/retention.ts';
import { type Finding, finding, problem } from './finding.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** No release of ours is older: a clock before this is wrong. */
const earliest = Date.UTC(2026, 0, 1);

const attempt = (work: () => void): string | null => {
  try {
    work();
    return null;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    return errno;
  }
};

const rights = 'Check the rights of the store folder, or choose another one with --store.';

/** Asks by doing where the store exists; where it does not, only whether it could be made. */
export const checkStoreRights = (fs: FileSystem, layout: Layout): Finding[] => {
  const place = nearest(fs, layout.root);
  if (statOf(fs, place)?.isDirectory() !== true) {
    return [
      problem('store-writable', 'error', `${place} is not a folder`, 'Choose another store with --store.'),
    ];
  }
  if (place !== layout.root) {
    const errno = attempt(() => fs.accessSync(place, fs.constants.W_OK));
    if (errno !== null)
      return [problem('store-writable', 'error', `the store can't be made (${errno})`, rights)];
    return [finding('store-writable', 'the store is not there yet and can be made')];
  }
  return tryStore(fs, layout);
};

/** Linux refuses X_OK on a file of a noexec mount, so nothing has to be run. */
const tryStore = (fs: FileSystem, layout: Layout): Finding[] => {
  const file = temporaryName(path.join(layout.root, 'doctor.json'));
  const write = attempt(() => fs.writeFileSync(file, '#!/bin/sh\n', { mode: 0o700, flag: 'wx' }));
  if (write !== null)
    return [problem('store-writable', 'error', `the store can't be written (${write})`, rights)];
  const exec = attempt(() => fs.accessSync(file, fs.constants.X_OK));
  const remove = attempt(() => fs.unlinkSync(file));
  return [
    remove === null
      ? finding('store-writable', 'files can be written and removed')
      : problem('store-writable', 'error', `files in the store can't be removed (${remove})`, rights),
    exec === null
      ? finding('store-executable', 'programs in the store may be executed')
      : problem(
          'store-executable',
          'error',
          `the store lies on a mount that forbids execution (${exec})`,
          'Native dependencies will not load from there: choose another place with --store.',
        ),
  ];
};

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

/** Enough for another version of the size of the largest one here. */
export const checkFreeSpace = async (fs: FileSystem, layout: Layout): Promise<Finding> => {
  let largest = 0;
  for (const version of stagedVersions(fs, layout)) {
    largest = Math.max(largest, await bytesOf(fs, layout.version(version)));
  }
  const needed = largest * 2.5 + 200e6;
  const free = await freeBytes(fs, layout.root);
  if (free === null) return finding('free-space', 'the system does not tell the free space');
  const detail = `${megabytes(free)} are free, an update needs about ${megabytes(needed)}`;
  return free >= needed
    ? finding('free-space', detail)
    : problem('free-space', 'error', detail, 'Free some space; stagedoor gc removes what nothing needs.');
};

/** Verdicts lapse by date: a clock that stands wrong keeps them too long or too short. */
export const checkClock = (fs: FileSystem, layout: Layout, now: Date): Finding => {
  const attempts = readAttempts(fs, layout).map(({ openedAt }) => openedAt);
  const marks = readBadVersions(fs, layout).map(({ lastSeen }) => lastSeen);
  const newest = Math.max(
    0,
    ...[...attempts, ...marks].map(date => Date.parse(date)).filter(time => time > 0),
  );
  const hint = 'Set the clock of this machine.';
  if (now.getTime() < earliest) {
    return problem('clock', 'warning', `the clock says ${now.toISOString()}`, hint);
  }
  if (newest > now.getTime() + dayMs) {
    const detail = `the clock says ${now.toISOString()}, the store knows of ${new Date(newest).toISOString()}`;
    return problem('clock', 'warning', detail, hint);
  }
  return finding('clock', now.toISOString());
};
