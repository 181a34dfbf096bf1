import path from 'node:path';
import type { PythonAbi } from './abi.ts';
import { type FileFit, fits, misfit, undecided } from './file-fit.ts';
import { imageAgainst } from './image-fit.ts';
import type { NativeFile } from './offer.ts';

/** What stands behind the module's name, which has no dots: importing compares the whole of it. */
const suffixOf = (file: string): string => {
  const name = path.posix.basename(file);
  const dot = name.indexOf('.');
  return dot === -1 ? '' : name.slice(dot);
};

/** `311` of `libpython3.11.so.1.0` and `python311.dll`; `` of `python3.dll`, which all versions share. */
const linkedVersion = (libraries: readonly string[]): string | null => {
  for (const library of libraries) {
    const [, major, minor] = /^(?:lib)?python(3)(?:\.?(\d+))?t?(?:\.|m|d|$)/i.exec(library) ?? [];
    if (major !== undefined) return minor === undefined ? '' : `${major}${minor}`;
  }
  return null;
};

/** A name without a tag is imported by every Python: only the library that it asks for may tell one from another. */
const byLibraries = ({ look }: NativeFile, { version }: PythonAbi): FileFit => {
  const linked = look.kind === 'image' ? linkedVersion(look.image.libraries) : null;
  if (linked === null) return undecided('a file that does not say which Python it is for');
  if (linked === '') return { verdict: 'fits-by-abi3' };
  return linked === version.split('.').slice(0, 2).join('') ? fits : misfit(`Python ${linked}`);
};

/** Is it a module that is imported, not a library that one brings along? */
export const isPythonModule = ({ path: file, look }: NativeFile): boolean =>
  /\.(?:so|pyd)$/i.test(file) && (look.kind !== 'image' || look.image.python);

/** Whether a Python can import a file: its whole suffix must be one of the interpreter's, and its content must be right. */
export const pythonFit = (file: NativeFile, abi: PythonAbi): FileFit => {
  const suffix = suffixOf(file.path);
  if (!abi.suffixes.includes(suffix)) return misfit(`*${suffix}`);
  const against = imageAgainst(file.look, abi);
  if (against !== null) return misfit(against);
  if (suffix.includes('abi3')) return { verdict: 'fits-by-abi3' };
  return suffix.includes(abi.soabi) ? fits : byLibraries(file, abi);
};
