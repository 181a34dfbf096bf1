import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import type { FileOperation } from './operation.ts';

const numbers: Readonly<Record<string, number>> = constants.errno;

type Named = { readonly number: number; readonly code: string; readonly text: string };

/** As Node names it: what libuv has no name for (EDQUOT, ESTALE) is an "Unknown system error -122" there. */
const named = (errno: string): Named => {
  const known = [...getSystemErrorMap()].find(([, [name]]) => name === errno);
  if (known !== undefined) return { number: known[0], code: errno, text: known[1][1] };
  const plain = numbers[errno];
  if (plain === undefined) throw new TypeError(`${JSON.stringify(errno)} is no errno of this system`);
  const code = `Unknown system error -${plain}`;
  return { number: -plain, code, text: code };
};

/** Throws a `TypeError` for what is no errno of this system. */
export const assertErrno = (errno: string): void => void named(errno);

const calls: Readonly<Partial<Record<FileOperation['call'], string>>> = {
  readdir: 'scandir',
  readFile: 'open',
};

/** The error that Node would throw if this operation met that errno. */
export const systemError = (errno: string, operation: FileOperation): NodeJS.ErrnoException => {
  const { number, code, text } = named(errno);
  const syscall = calls[operation.call] ?? operation.call;
  const { path, to } = operation;
  const places =
    operation.descriptor === undefined ? { path, ...(to === undefined ? {} : { dest: to }) } : {};
  const where = Object.values(places).map(place => `'${place}'`);
  const message = `${code}: ${text}, ${[syscall, where.join(' -> ')].join(' ').trim()}`;
  return Object.assign(new Error(message), { errno: number, code, syscall, ...places });
};
