import nodeFs from 'node:fs';

/**
 * The port through which everything touches the disk: Node's own shape, so that Electron's `original-fs` fits, and one
 * that records or faults can take its place in a test.
 */
export type FileSystem = typeof nodeFs;

/** Electron shows archives as folders to whoever uses `fs`; what is staged, hashed and launched are files as they are. */
const originalFs = (): FileSystem | undefined =>
  'electron' in process.versions
    ? (process.getBuiltinModule('original-fs') as FileSystem | undefined)
    : undefined;

export const nodeFileSystem: FileSystem = originalFs() ?? nodeFs;
