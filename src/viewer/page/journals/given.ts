import type { JournalFile } from '../../../film/journal-film.ts';

/** What the server that serves this page has for it. */
export type Given = { readonly files: readonly JournalFile[] | null; readonly live: boolean };

const nothing: Given = { files: null, live: false };

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const isFile = (value: unknown): value is JournalFile =>
  isRecord(value) && typeof value.name === 'string' && typeof value.text === 'string';

const filesOf = (journal: unknown): readonly JournalFile[] | null =>
  isRecord(journal) && Array.isArray(journal.files) ? journal.files.filter(isFile) : null;

export const readGiven = (value: unknown): Given =>
  isRecord(value) ? { files: filesOf(value.journal), live: value.live === true } : nothing;

/** Asks the server; a page from disk has none, and another server has nothing to give. */
export const askForGiven = async (): Promise<Given> => {
  if (!/^https?:$/.test(location.protocol)) return nothing;
  try {
    const answer = await fetch('./given');
    return answer.ok ? readGiven(await answer.json()) : nothing;
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) return nothing;
    throw error;
  }
};
