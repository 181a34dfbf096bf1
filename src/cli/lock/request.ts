import path from 'node:path';
import type { Locking } from '../../core-lock/locking.ts';
import type { CommandContext } from '../command.ts';
import { UsageError } from '../usage-error.ts';

/** The one path that an action takes. */
export const onePath = (
  { cwd }: CommandContext,
  operands: readonly string[],
  action: string,
  what: string,
): string => {
  const [operand, ...rest] = operands;
  if (operand === undefined || operand === '')
    throw new UsageError(`${what} is missing`, `stagedoor lock ${action}`);
  if (rest.length > 0)
    throw new UsageError(`lock ${action.split(' ')[0]} takes one path`, `stagedoor lock ${action}`);
  return path.resolve(cwd, operand);
};

/** The path of an option; null where it was not given. */
export const pathFlag = ({ flags, cwd }: CommandContext, key: string): string | null => {
  const value = flags[key];
  return typeof value === 'string' && value !== '' ? path.resolve(cwd, value) : null;
};

export const requiredPath = (context: CommandContext, key: string, action: string): string => {
  const file = pathFlag(context, key);
  if (file === null) throw new UsageError(`--${key} is required here`, `stagedoor lock ${action}`);
  return file;
};

/** The lock of a folder as it is now. */
export const lockOfFolder = async (context: CommandContext, dir: string): Promise<Locking> => {
  const { lockOf } = await import('../../core-lock/locking.ts');
  const { readPythonTree } = await import('../../core-lock/python-tree.ts');
  return lockOf(context.fs, { dir, metafile: pathFlag(context, 'metafile') }, readPythonTree);
};
