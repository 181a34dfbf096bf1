import path from 'node:path';
import { coreLockName } from '../core-lock/place.ts';
import { hasErrno, StagedoorError } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';
import { treeListName } from '../store/layout.ts';

/** What belongs to the making of a runtime, not to the runtime. */
const leftOut = new Set(['.git', '.DS_Store', treeListName, coreLockName]);

/** `except`: places below the source that are not copied, such as the bundle itself. */
type Copy = { readonly fs: FileSystem; readonly signal: AbortSignal; readonly except: readonly string[] };

const copyFile = async (fs: FileSystem, source: string, target: string, mode: number): Promise<void> => {
  await fs.promises.copyFile(source, target);
  // Links into a bundle keep modes of their own making (P-15); what was executable stays so, nothing more.
  await fs.promises.chmod(target, (mode & 0o111) === 0 ? 0o644 : 0o755);
};

const copyFolder = async (
  copy: Copy,
  source: string,
  target: string,
  above: readonly string[],
): Promise<void> => {
  const { fs, signal, except } = copy;
  const real = await fs.promises.realpath(source);
  if (above.includes(real)) {
    throw new StagedoorError('PACKAGE_INVALID', `a link leads to a folder above itself: ${source}`);
  }
  await fs.promises.mkdir(target, { recursive: true });
  for (const name of await fs.promises.readdir(real)) {
    signal.throwIfAborted();
    const [from, to] = [path.join(real, name), path.join(target, name)];
    if (leftOut.has(name) || except.includes(from)) continue;
    const stats = await fs.promises.stat(from);
    if (stats.isDirectory()) await copyFolder(copy, from, to, [...above, real]);
    else if (stats.isFile()) await copyFile(fs, from, to, stats.mode);
    else throw new StagedoorError('PACKAGE_INVALID', `neither file nor folder: ${from}`);
  }
};

/** Copies a folder with every link followed, so that the copy points back into nothing (U-07, P-15). */
export const copyTree = async (
  fs: FileSystem,
  source: string,
  target: string,
  signal: AbortSignal,
  except: readonly string[] = [],
): Promise<void> => {
  try {
    const places = except.filter(place => fs.existsSync(place)).map(place => fs.realpathSync(place));
    await copyFolder({ fs, signal, except: places }, source, target, []);
  } catch (error) {
    if (!hasErrno(error, 'ENOENT', 'ELOOP')) throw error;
    throw new StagedoorError('PACKAGE_INVALID', `a link in ${source} leads nowhere`, { cause: error });
  }
};
