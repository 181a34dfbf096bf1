import type { Difference } from '../../core-lock/compare.ts';
import type { CoreLock } from '../../core-lock/core-lock.ts';
import { packageKey } from '../../core-lock/order.ts';
import type { CommandContext } from '../command.ts';
import type { Style } from '../style.ts';
import { count, oneLine } from '../text.ts';
import { lockOfFolder, onePath, pathFlag, requiredPath } from './request.ts';

export const checkUsage = 'check DIR --lock FILE [--metafile FILE]';

const modulesText = ({ locked, found }: Difference): string =>
  [...(locked === null ? [] : [`no longer ${locked}`]), ...(found === null ? [] : [`also ${found}`])].join(
    '; ',
  );

const whatDiffers = (difference: Difference): string => {
  const { kind, locked, found } = difference;
  const [then, now] = [locked ?? 'none', found ?? 'none'];
  switch (kind) {
    case 'missing':
      return `${then} is locked and not there`;
    case 'added':
      return `${now} is there and not locked`;
    case 'version':
      return `${then} is locked, ${now} is there`;
    case 'place':
      return `locked in ${locked ?? 'a file'}, found in ${found ?? 'a file'}`;
    case 'modules':
      return `exports other modules: ${modulesText(difference)}`;
    case 'integrity':
      return `comes from other bytes: ${then} is locked, ${now} is there`;
    case 'alias':
      return `stood for ${locked ?? 'nothing'}, stands for ${found ?? 'nothing'}`;
  }
};

const lineOf = (difference: Difference, style: Style): string => {
  const { name, place } = difference;
  const where = place === null || difference.kind === 'place' ? '' : style.faint(` (${place})`);
  return `${style.strong(name)}${where}: ${oneLine(whatDiffers(difference))}`;
};

const text = (differences: readonly Difference[], unseen: number, style: Style): string => {
  const headline =
    differences.length === 0
      ? `The tree is what its lock ${style.good('says')}.`
      : `The tree differs from its lock in ${style.bad(count(differences.length, 'point'))}:`;
  const remark =
    unseen === 0
      ? []
      : [style.faint(`Not looked at without --metafile: ${count(unseen, 'package')} joined into files.`)];
  return [headline, ...differences.map(one => lineOf(one, style)), ...remark].join('\n');
};

/** What is joined, and what the runtime does not say itself: only a metafile could tell whether it still is. */
const withoutUntold = (lock: CoreLock, found: CoreLock): CoreLock => {
  const told = new Set(found.packages.map(packageKey));
  return { ...lock, packages: lock.packages.filter(one => one.place !== null || told.has(packageKey(one))) };
};

/** Compares a folder with its lock; 1 where they differ. What is joined into files shows only in a metafile. */
export const checkCoreLock = async (
  context: CommandContext,
  operands: readonly string[],
): Promise<number> => {
  const dir = onePath(context, operands, checkUsage, 'the folder of the runtime');
  const file = requiredPath(context, 'lock', checkUsage);
  const { readLock } = await import('../../core-lock/lock-file.ts');
  const { compareLocks } = await import('../../core-lock/compare.ts');
  const written = readLock(context.fs, file);
  const { lock: found, leftOut } = await lockOfFolder(context, dir);
  const lock = pathFlag(context, 'metafile') === null ? withoutUntold(written, found) : written;
  const differences = compareLocks(lock, found);
  const unseen = written.packages.length - lock.packages.length;
  const outcome = differences.length === 0 ? 'ok' : 'different';
  context.output.answer({
    data: { outcome, file, dir, differences, unseen, leftOut },
    text: style => text(differences, unseen, style),
  });
  return differences.length === 0 ? 0 : 1;
};
