import path from 'node:path';
import type { FileSystem } from '../../store/file-system.ts';
import { readSmallFile } from '../../store/small-file.ts';
import type { NodeAbi } from '../abi.ts';
import { locateExecutable } from '../executable-file.ts';
import { orNull } from '../tolerant-look.ts';

const versionIn = (text: string): string | null => {
  const part = (name: string): string | undefined =>
    new RegExp(`^#define NODE_${name}_VERSION (\\d+)$`, 'm').exec(text)?.[1];
  const [major, minor, patch] = [part('MAJOR'), part('MINOR'), part('PATCH')];
  return major === undefined || minor === undefined || patch === undefined
    ? null
    : `${major}.${minor}.${patch}`;
};

const versionBelow = (fs: FileSystem, root: string): string | null => {
  const read = orNull(() => readSmallFile(fs, path.join(root, 'include', 'node', 'node_version.h'), 2 ** 20));
  return read?.kind === 'text' ? versionIn(read.text) : null;
};

/**
 * The folder whose `include/node` has the headers of this very Node, beside its program; null: there are none, or those of another
 * version, which a system's package of headers may leave there.
 */
export const headersBeside = (fs: FileSystem, exec: string, { node }: NodeAbi): string | null => {
  const file = locateExecutable(exec);
  if (file === null || node === null) return null;
  const root = path.resolve(path.dirname(file.real), '..');
  return versionBelow(fs, root) === node ? root : null;
};
