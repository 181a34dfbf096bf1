import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ownToken } from '#src/process/identity.js';
import { bytesOf } from './contents.ts';
import { type View, walk } from './view.ts';

/** A process that ended before the cut, as every process did. */
const deadToken = '1-0-0';

const buried = (text: string): string => text.replaceAll(ownToken(), deadToken);

/** Lays a state of the model out on the real disk; whoever wrote it is dead by then, this process included. */
export const materialise = (view: View, base: string): void => {
  for (const [place, inode] of walk(view, view.root)) {
    const target = path.join(base, buried(place));
    const file = view.file(inode);
    if (file === undefined) {
      mkdirSync(target);
      continue;
    }
    const content = bytesOf(file.content);
    writeFileSync(target, place.endsWith('.json') ? buried(content.toString('utf8')) : content);
    chmodSync(target, file.mode);
  }
};
