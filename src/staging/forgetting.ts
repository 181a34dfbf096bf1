import type { StagingSession } from './session.ts';

/** Removes the stored documents: the next check asks for them unconditionally. */
export const forgetDocuments = ({ fs, layout }: Pick<StagingSession, 'fs' | 'layout'>): Promise<void> =>
  fs.promises.rm(layout.cache, { recursive: true, force: true, maxRetries: 3 });
