import path from 'node:path';
import { diskFailure, hasErrno } from '../failure.ts';
import type { FileSystem } from './file-system.ts';

const absent = ['ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR'];

/**
 * The same file system, on which what is there and can't be read is a failure: elsewhere it reads as nothing, and
 * whoever removes what nobody names would remove what could not be seen for a moment (P-12).
 */
export const strictly = (fs: FileSystem): FileSystem => {
  const sure =
    (read: (...input: never[]) => unknown) =>
    (...input: never[]): unknown => {
      try {
        return Reflect.apply(read, fs, input);
      } catch (error) {
        if (hasErrno(error, ...absent)) throw error;
        throw diskFailure(error, `read ${path.basename(String(input[0]))}`);
      }
    };

  return {
    ...fs,
    readFileSync: sure(fs.readFileSync),
    readdirSync: sure(fs.readdirSync),
    lstatSync: sure(fs.lstatSync),
    statSync: sure(fs.statSync),
  } as FileSystem;
};
