import { removeDurably, writeDurably } from './durable-file.ts';
import type { FileSystem } from './file-system.ts';
import { asRecord, readValue } from './json-shape.ts';
import type { Layout } from './layout.ts';
import { isVersion } from './semantic-version.ts';
import { sizeLimits } from './small-file.ts';

/** The pinned version, or null; a corrupt file pins nothing. */
export const readPin = (fs: FileSystem, layout: Layout): string | null => {
  const version = asRecord(readValue(fs, layout.pin, sizeLimits.record))?.version;
  return isVersion(version) ? version : null;
};

export const writePin = async (fs: FileSystem, layout: Layout, version: string): Promise<void> => {
  layout.version(version);
  await writeDurably(fs, layout.pin, `${JSON.stringify({ schema: 1, version })}\n`);
};

/** Takes the pin off; gives back what was pinned. */
export const removePin = async (fs: FileSystem, layout: Layout): Promise<string | null> => {
  const version = readPin(fs, layout);
  await removeDurably(fs, layout.pin);
  return version;
};
