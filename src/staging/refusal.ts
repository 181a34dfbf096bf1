import type { Release } from '../../machines/contract.ts';
import { StagedoorError } from '../failure.ts';
import { markBad } from '../store/bad-versions.ts';
import type { StagingSession } from './session.ts';

/** Was a package refused for what it is? */
export const isPackageFault = (error: unknown): error is StagedoorError =>
  error instanceof StagedoorError && error.blame === 'package';

/**
 * Remembers a package that was refused for what it is, by its integrity: the next check says so instead of downloading
 * it again, until other bytes are published. Nothing else is ever held against a version here.
 */
export const rememberRefusal = async (
  { fs, layout, options }: StagingSession,
  { version, integrity }: Release,
  error: StagedoorError,
): Promise<void> => {
  const { abi, shellVersion } = options;
  const mark = { version, integrity, abi, shellVersion, cause: error.code, reason: error.message };
  await markBad(fs, layout, { ...mark, weight: 'bad' }, new Date());
};
