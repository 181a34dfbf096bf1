import type { CoreLock } from '../../core-lock/core-lock.ts';
import type { CommandContext } from '../command.ts';
import type { Style } from '../style.ts';
import { block, count, type Row } from '../text.ts';
import { onePath } from './request.ts';

export const showUsage = 'show FILE';

const rowsOf = ({ packages }: CoreLock, style: Style): readonly Row[] =>
  packages.map(({ ecosystem, name, version, place, modules }): Row => {
    const kind = ecosystem === 'python' ? ' (Python)' : '';
    const where = place ?? 'joined into a file';
    return [`${name} ${version}${kind}`, `${where}  ${style.faint(count(modules.length, 'module'))}`];
  });

const text = (lock: CoreLock, style: Style): string => {
  const aliases = Object.entries(lock.aliases).map(([alias, target]): Row => [alias, `→ ${target}`]);
  const head = `${count(lock.packages.length, 'package')}, ${count(aliases.length, 'alias', 'es')}`;
  return [head, block([...rowsOf(lock, style), ...aliases], style.strong)]
    .filter(part => part !== '')
    .join('\n');
};

/** Prints what a lock holds; with `--json` all of it. */
export const showCoreLock = async (context: CommandContext, operands: readonly string[]): Promise<number> => {
  const file = onePath(context, operands, showUsage, 'the file of the lock');
  const { readLock } = await import('../../core-lock/lock-file.ts');
  const lock = readLock(context.fs, file);
  context.output.answer({ data: { outcome: 'ok', file, ...lock }, text: style => text(lock, style) });
  return 0;
};
