import { createHash } from 'node:crypto';
import path from 'node:path';
import { moduleName } from '../../core-lock/python-modules.ts';
import { StagedoorError } from '../../failure.ts';
import type { Limits } from '../../staging/limits.ts';
import { type PathRegister, pathFault, pathRegister } from '../../staging/path-rules.ts';
import { executableMode, plainMode } from '../../staging/tree-writer.ts';
import type { FileSystem } from '../../store/file-system.ts';
import type { TreeEntry } from '../../store/tree-list.ts';

export type Walk = {
  readonly fs: FileSystem;
  /** The tree; what is walked is a folder in it. */
  readonly tree: string;
  readonly limits: Limits;
  readonly signal: AbortSignal;
  readonly onBytes: (bytes: number) => void;
};

const unsafe = (relative: string, why: string): StagedoorError =>
  new StagedoorError('PACKAGE_UNSAFE', `a package has ${JSON.stringify(relative)}, which ${why}`);

/** Run at every start of an interpreter, with nobody asking for it: `.pth` files, and modules that `site` imports. */
const isStartup = (name: string): boolean =>
  /\.pth$/i.test(name) || /^(?:site|user)customize$/i.test(moduleName(name) ?? name);

/** What only people call, or what only an installer needs, at the top of the packages. */
const isNeedless = (fs: FileSystem, folder: string, name: string): boolean => {
  if (/^(?:bin|Scripts)$/.test(name))
    return fs.lstatSync(path.join(folder, '__init__.py'), { throwIfNoEntry: false }) === undefined;
  return isStartup(name) || name === '.lock' || name === '.gitignore';
};

const hashOf = async ({ fs, signal }: Walk, file: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of fs.createReadStream(file, { signal })) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
};

type Total = { files: number; bytes: number };

const countOne = ({ limits }: Walk, total: Total, relative: string, size: number): void => {
  total.files += 1;
  total.bytes += size;
  if (total.files > limits.files)
    throw new StagedoorError('PACKAGE_UNSAFE', `the packages have more than ${limits.files} files`);
  if (total.bytes > limits.unpackedBytes)
    throw new StagedoorError(
      'DOWNLOAD_TOO_LARGE',
      `the packages are larger than ${limits.unpackedBytes} bytes at ${JSON.stringify(relative)}`,
    );
};

const entryOf = async (walk: Walk, relative: string): Promise<TreeEntry> => {
  const { fs, tree, onBytes } = walk;
  const file = path.join(tree, relative);
  const { mode: given, nlink } = fs.lstatSync(file);
  if (nlink > 1) throw unsafe(relative, 'is the same file as another one');
  const mode = (given & 0o111) === 0 ? plainMode : executableMode;
  if ((given & 0o7777) !== mode) fs.chmodSync(file, mode);
  const sha256 = await hashOf(walk, file);
  const { size, mtimeMs } = fs.lstatSync(file);
  onBytes(size);
  return { path: relative, size, mode, sha256, mtimeMs };
};

/** Everything below a folder by its path in the tree, the needless taken away, folders with the rights that ours have. */
const collect = (walk: Walk, top: string): readonly string[] => {
  const { fs, tree, limits } = walk;
  const [found, register, total]: [string[], PathRegister, Total] = [
    [],
    pathRegister(),
    { files: 0, bytes: 0 },
  ];
  const enter = (folder: string): void => {
    const place = path.join(tree, folder);
    fs.chmodSync(place, executableMode);
    for (const name of fs.readdirSync(place)) {
      const relative = `${folder}/${name}`;
      const file = path.join(tree, relative);
      const stats = fs.lstatSync(file);
      if (name === '__pycache__' || (folder === top && isNeedless(fs, file, name))) {
        fs.rmSync(file, { recursive: true, force: true });
        continue;
      }
      const fault = pathFault(relative, limits.pathLength);
      if (fault !== null) throw unsafe(relative, fault);
      if (!stats.isDirectory() && !stats.isFile()) throw unsafe(relative, 'is no regular file');
      const other = register.add(relative, stats.isFile() ? 'file' : 'folder');
      if (other !== null) throw unsafe(relative, `collides with ${JSON.stringify(other)}`);
      countOne(walk, total, relative, stats.isFile() ? stats.size : 0);
      if (stats.isDirectory()) enter(relative);
      else found.push(relative);
    }
  };
  enter(top);
  return found;
};

/**
 * What an installer has put into a folder of the tree: regular files under names that mean the same everywhere, with the
 * modes that a tree has, and hashed. Links and the like are refused; scripts, what runs at a start and caches are taken away.
 */
export const installedFiles = async (walk: Walk, top: string): Promise<readonly TreeEntry[]> => {
  const entries: TreeEntry[] = [];
  for (const relative of collect(walk, top)) entries.push(await entryOf(walk, relative));
  return entries;
};
