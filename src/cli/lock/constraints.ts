import type { PythonConstraints } from '../../core-lock/python-constraints.ts';
import type { CommandContext } from '../command.ts';
import type { Style } from '../style.ts';
import { count } from '../text.ts';
import { onePath, pathFlag } from './request.ts';

export const constraintsUsage = 'constraints FILE [--out FILE]';

const writtenText = (out: string, { lines, leftOut }: PythonConstraints, style: Style): string => {
  const odd = leftOut.map(({ name, version }) => `${name} ${version}`);
  const remark = odd.length === 0 ? '' : `\n${style.warning('no version by PEP 440:')} ${odd.join(', ')}`;
  return `${style.good(count(lines.length, 'constraint'))} for pip and uv in ${out}${remark}`;
};

/** Prints, or writes, what pip and uv take with `-c`: the distributions of Python that a lock holds; those of npm are passed by. */
export const lockConstraints = async (
  context: CommandContext,
  operands: readonly string[],
): Promise<number> => {
  const file = onePath(context, operands, constraintsUsage, 'the file of the lock');
  const out = pathFlag(context, 'out');
  const { readLock } = await import('../../core-lock/lock-file.ts');
  const { pythonConstraints } = await import('../../core-lock/python-constraints.ts');
  const constraints = pythonConstraints(readLock(context.fs, file));
  if (out !== null) {
    const { writeDurably } = await import('../../store/durable-file.ts');
    await writeDurably(context.fs, out, constraints.lines.map(line => `${line}\n`).join(''));
  }
  const leftOut = constraints.leftOut.map(({ name, version }) => ({ name, version }));
  context.output.answer({
    data: { outcome: out === null ? 'ok' : 'written', file, out, constraints: constraints.lines, leftOut },
    text: style => (out === null ? constraints.lines.join('\n') : writtenText(out, constraints, style)),
  });
  return 0;
};
