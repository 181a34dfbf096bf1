import { amountsOf } from '../../core-lock/amounts.ts';
import type { CommandContext } from '../command.ts';
import { count } from '../text.ts';
import { leftOutText } from './left-out.ts';
import { lockOfFolder, onePath, requiredPath } from './request.ts';

export const writeUsage = 'write DIR --out FILE [--metafile FILE]';

/** Writes the lock of a folder to a file and reads it back. */
export const writeCoreLock = async (
  context: CommandContext,
  operands: readonly string[],
): Promise<number> => {
  const dir = onePath(context, operands, writeUsage, 'the folder of the runtime');
  const file = requiredPath(context, 'out', writeUsage);
  const { lock, leftOut } = await lockOfFolder(context, dir);
  const { writeLock } = await import('../../core-lock/lock-file.ts');
  await writeLock(context.fs, file, lock);
  const amounts = amountsOf(lock.packages);
  context.output.answer({
    data: { outcome: 'written', file, dir, packages: lock.packages.length, ...amounts, leftOut },
    text: style => {
      const { npm, python, joined } = amounts;
      const parts = `${npm} of npm, ${python} of Python, ${joined} joined into files`;
      const total = style.good(count(lock.packages.length, 'package'));
      return `${total} (${parts}) are locked in ${file}${leftOutText(leftOut, style)}`;
    },
  });
  return 0;
};
