import nodeFs from 'node:fs';

/**
 * The port through which everything touches the disk: Node's own shape, so that Electron's `original-fs` fits, and one
 * that records or faults can take its place in a test.
 */
export type FileSystem = typeof nodeFs;

export const nodeFileSystem: FileSystem = nodeFs;
