import type { LeftOut } from '../../core-lock/node-tree.ts';
import type { Style } from '../style.ts';
import { block } from '../text.ts';

/** What lies in a tree and is not in its lock, each with its reason; empty where there is nothing. */
export const leftOutText = (leftOut: readonly LeftOut[], style: Style): string =>
  leftOut.length === 0
    ? ''
    : `\n${style.warning('left out:')}\n${block(
        leftOut.map(({ place, reason }) => [place, reason] as const),
        style.faint,
      )}`;
