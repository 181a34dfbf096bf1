import { readFileSync } from 'node:fs';

/** Of a whole app: an update, the launch of what it staged, and the rollback. */
export const recorded = readFileSync('test/fixtures/journals/update-and-rollback.jsonl', 'utf8');
export const recordedLines: readonly string[] = recorded.trimEnd().split('\n');

/** A file as a user chooses it. */
export const journalFile = (text: string, name = 'journal.jsonl') => ({
  name,
  mimeType: 'application/jsonl',
  buffer: Buffer.from(text),
});

/** One run of a process that goes through the same again and again, numbered and timed as it would be. */
export const longJournal = (count: number): string => {
  const begun = Date.parse('2026-01-01T00:00:00.000Z');
  return Array.from({ length: count }, (_, at) =>
    (recordedLines[at % recordedLines.length] ?? '')
      .replace(/"seq":\d+/, `"seq":${at + 1}`)
      .replace(/"at":"[^"]+"/, `"at":"${new Date(begun + at * 97).toISOString()}"`),
  ).join('\n');
};
