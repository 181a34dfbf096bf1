/** The form of a journal's lines. A reader shows what it does not know, and says so where a line has a higher number. */
export const journalSchema = 1;

/** What is written for a replay; who asks why a version runs is not told. */
export const replayEvents = { began: 'process.began', step: 'chart.step' } as const;

/** A line of a stagedoor that came after this one. */
export const isNewer = ({ schema }: { readonly schema?: unknown }): boolean =>
  typeof schema === 'number' && schema > journalSchema;
