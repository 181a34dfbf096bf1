import { StagedoorError } from '#src/failure.js';
import type { FileOperation } from '#src/testing/index.js';
import type { Played } from './stage-set.ts';

/** What is said to be gone, or can't be looked at, is missing or damaged to whoever needs it. */
const missing = ['TREE_DAMAGED', 'VERSION_UNKNOWN', 'NATIVE_SOURCE_MISSING'];

/** Why an outcome is none that a disk may have; null if it is fine. */
export const complaintOf = (
  { outcome }: Played,
  { mutates }: FileOperation,
  errno: string,
): string | null => {
  if ('value' in outcome) return null;
  const { error } = outcome;
  if (!(error instanceof StagedoorError)) return `not typed: ${String(error)}`;
  if (error.blame === 'disk') return null;
  if (!mutates && errno === 'ENOENT' && missing.includes(error.code)) return null;
  return `${error.code}, the fault of the ${error.blame}: ${error.message}`;
};
