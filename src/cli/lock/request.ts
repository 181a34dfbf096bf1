import path from 'node:path';
import type { Locking, PythonReader } from '../../core-lock/locking.ts';
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

/** By the interpreter of `--exec`, with all that may go wrong with it (K-03); else, or where that is a Node, as the files are. */
const pythonReader = async (
  { fs, settings: { exec } }: CommandContext,
  dir: string,
): Promise<PythonReader> => {
  const { readPythonTree } = await import('../../core-lock/python-tree.ts');
  if (exec === undefined) return readPythonTree;
  const { pythonSite } = await import('../../core-lock/locking.ts');
  const { probeAbi } = await import('../../natives/probe.ts');
  const site = pythonSite(fs, dir);
  if (site === null || (await probeAbi(exec))?.kind === 'node') return readPythonTree;
  const { readPythonByRunning } = await import('../../core-lock/python-run.ts');
  const packages = await readPythonByRunning({ exec, dir: site });
  return () => packages;
};

/** The lock of a folder as it is now. */
export const lockOfFolder = async (context: CommandContext, dir: string): Promise<Locking> => {
  const { lockOf } = await import('../../core-lock/locking.ts');
  const read = await pythonReader(context, dir);
  return lockOf(context.fs, { dir, metafile: pathFlag(context, 'metafile') }, read);
};
