import path from 'node:path';
import { type FileSystem, nodeFileSystem as fs } from '#src/store/file-system.js';
import type { FileOperation } from '#src/testing/index.js';
import type { Hindrance } from './recording.ts';
import { storePlace } from './world.ts';

/** A defect of the code itself, played on the port that it writes through. */
export type Defect = (port: () => FileSystem) => Hindrance;

const flushes = ({ call }: FileOperation): boolean => call === 'fsync' || call === 'fdatasync';
const isFolder = ({ path: place }: FileOperation): boolean => fs.statSync(place).isDirectory();

const without =
  (forgotten: (operation: FileOperation) => boolean): Defect =>
  () =>
  (operation, _place, proceed) =>
    flushes(operation) && forgotten(operation) ? undefined : proceed();

/** A temporary file is renamed first and flushed under its new name. */
const renamedFirst: Defect = port => (operation, _place, proceed) => {
  const { call, path: place, to } = operation;
  if (flushes(operation) && place.endsWith('.tmp')) return undefined;
  const result = proceed();
  if (call !== 'rename' || !place.endsWith('.tmp') || to === undefined) return result;
  const descriptor = port().openSync(to, 'r+');
  try {
    port().fsyncSync(descriptor);
  } finally {
    port().closeSync(descriptor);
  }
  return result;
};

export const defects: Readonly<Record<string, Defect>> = {
  'no folder is flushed': without(isFolder),
  'no file is flushed': without(operation => !isFolder(operation)),
  'only temporary files are flushed': without(({ path: place }) => !place.endsWith('.tmp')),
  'the folder of the store is not flushed': without(({ path: place }) =>
    place.endsWith(path.basename(storePlace)),
  ),
  'files are renamed before they are flushed': renamedFirst,
};
