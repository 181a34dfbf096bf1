import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { FileSystem } from '#src/store/file-system.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import { type FileOperation, interceptFileSystem } from '#src/testing/index.js';
import { Disk } from './disk.ts';
import { isWithin, type Operation, type Place, type Report } from './operation.ts';
import { apply } from './performing.ts';

/** Decides what becomes of an operation on its way to the disk and into the recording. */
export type Hindrance = (operation: FileOperation, below: Place, proceed: () => unknown) => unknown;

export type Recorder = {
  readonly fs: FileSystem;
  readonly operations: readonly Operation[];
  readonly report: (what: string, launch?: Report['launch']) => void;
  /** The same recording through another port: of a program that is killed, or of one that forgets something. */
  readonly through: (hindrance: Hindrance) => FileSystem;
};

const creates = (flags: string | number | undefined): boolean =>
  typeof flags === 'string' && /[wa]/.test(flags);

/** Records every change below `base`, but for what lies in the places to leave out. */
export const recorder = (base: string, leaveOut: readonly Place[]): Recorder => {
  const operations: Operation[] = [];
  const known = new Set<Place>();

  const factsOf = (operation: FileOperation, place: Place, took: unknown): Operation | null => {
    const { call, data, position } = operation;
    if (call === 'rename')
      return { kind: 'rename', path: place, to: path.relative(base, operation.to ?? '') };
    if (call === 'unlink' || call === 'rmdir') return { kind: call, path: place };
    if (call === 'fsync' || call === 'fdatasync') return { kind: 'flush', path: place };
    const { mode, mtimeMs } = lstatSync(operation.path);
    const facts = { path: place, mode: mode & 0o7777, mtimeMs };
    if (call === 'mkdir') return { kind: 'mkdir', ...facts };
    if (call === 'chmod') return { kind: 'chmod', path: place, mode: facts.mode };
    if (call === 'truncate') return { kind: 'truncate', path: place, length: operation.length ?? 0, mtimeMs };
    if (call === 'write' && data !== undefined)
      return {
        kind: 'write',
        path: place,
        data: data.subarray(0, Number(took)),
        position: position ?? null,
        mtimeMs,
      };
    if (call !== 'open' || !creates(operation.flags))
      throw new TypeError(`the recorder does not know ${call}`);
    if (!known.has(place)) return { kind: 'create', ...facts };
    return operation.flags === 'w' ? { kind: 'truncate', path: place, length: 0, mtimeMs } : null;
  };

  /** Which files are there: an `open` may create one or empty one. */
  const follow = (operation: Operation): void => {
    if (operation.kind === 'create') known.add(operation.path);
    if (operation.kind === 'unlink') known.delete(operation.path);
    if (operation.kind !== 'rename') return;
    for (const place of [...known]) {
      if (!isWithin(place, operation.path)) continue;
      known.delete(place);
      known.add(operation.to + place.slice(operation.path.length));
    }
  };

  const note = (operation: FileOperation, took: unknown): void => {
    const place = path.relative(base, operation.path);
    const flushes = operation.call === 'fsync' || operation.call === 'fdatasync';
    if ((!operation.mutates && !flushes) || leaveOut.some(folder => isWithin(place, folder))) return;
    if (place.startsWith('..')) throw new RangeError(`${operation.path} is outside of what is recorded`);
    const noted = factsOf(operation, place, took);
    if (noted === null) return;
    follow(noted);
    operations.push(noted);
  };

  const through = (hindrance: Hindrance): FileSystem =>
    interceptFileSystem(nodeFileSystem, (given, proceed) => {
      // The caller may use its buffer again before the write is noted.
      const operation = given.data === undefined ? given : { ...given, data: Buffer.from(given.data) };
      const place = path.relative(base, operation.path);
      return hindrance(operation, place, () => {
        const result = proceed();
        if (!(result instanceof Promise)) {
          note(operation, result);
          return result;
        }
        return result.then((took: unknown) => {
          note(operation, took);
          return took;
        });
      });
    });

  for (const name of readdirSync(base, { recursive: true, encoding: 'utf8' })) {
    if (lstatSync(path.join(base, name)).isFile()) known.add(name);
  }
  return {
    fs: through((_operation, _place, proceed) => proceed()),
    operations,
    report: (what, launch) => void operations.push({ kind: 'report', what, launch }),
    through,
  };
};

/** What is on the real disk now, as a disk of the model on which everything lasts. */
export const diskOf = (base: string, leaveOut: readonly Place[]): Disk => {
  const disk = new Disk();
  const take = (below: Place): void => {
    for (const child of readdirSync(path.join(base, below), { withFileTypes: true })) {
      const place = below === '' ? child.name : `${below}/${child.name}`;
      if (leaveOut.includes(place)) continue;
      const { mode, mtimeMs } = lstatSync(path.join(base, place));
      const facts = { path: place, mode: mode & 0o7777, mtimeMs };
      if (child.isDirectory()) {
        apply(disk, { kind: 'mkdir', ...facts });
        take(place);
      } else {
        apply(disk, { kind: 'create', ...facts });
        const data = readFileSync(path.join(base, place));
        apply(disk, { kind: 'write', path: place, data, position: 0, mtimeMs });
      }
    }
  };
  take('');
  disk.settle();
  return disk;
};
