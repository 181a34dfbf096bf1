import path from 'node:path';
import type { JournalFile } from '../film/journal-lines.ts';
import type { FileSystem } from '../store/file-system.ts';
import { storeLayout } from '../store/layout.ts';
import { readSmallFile } from '../store/small-file.ts';

/** Bytes of a file; a store's own has one mebibyte. */
export const maxJournalBytes: number = 16 << 20;

export type JournalReading =
  | { readonly kind: 'files'; readonly files: readonly JournalFile[] }
  | { readonly kind: 'absent' }
  | { readonly kind: 'odd'; readonly reason: string };

/** A journal, and the older one of the same store before it. The system's error where it can't be looked at or read. */
export const readJournalFiles = (fs: FileSystem, file: string): JournalReading => {
  const read = readSmallFile(fs, file, maxJournalBytes);
  if (read.kind !== 'text') return read;
  const { journal, olderJournal } = storeLayout(path.dirname(file));
  const older = file === journal ? readSmallFile(fs, olderJournal, maxJournalBytes) : null;
  const files = [{ name: path.basename(file), text: read.text }];
  return {
    kind: 'files',
    files:
      older?.kind === 'text' ? [{ name: path.basename(olderJournal), text: older.text }, ...files] : files,
  };
};
