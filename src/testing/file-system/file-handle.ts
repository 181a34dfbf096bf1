import { appendFile, optionsOf, runLater, writeFile } from './compounds.ts';
import type { Performer } from './performer.ts';

export type Refuse = (name: string) => (...input: unknown[]) => never;

/** A `FileHandle` whose methods pass the interceptor; the others refuse. */
export const fileHandle = (performer: Performer, descriptor: number, refuse: Refuse): object => {
  const { later } = performer;
  const close = (): Promise<unknown> => later('close', descriptor);
  const write = async (data: unknown, ...where: unknown[]): Promise<object> => ({
    bytesWritten: await later('write', descriptor, data, ...where),
    buffer: data,
  });
  const read = async (given: unknown, ...where: unknown[]): Promise<object> => {
    const options = ArrayBuffer.isView(given) ? null : optionsOf(given);
    const buffer = options === null ? given : (options.buffer ?? Buffer.alloc(16_384));
    const input = options === null ? where : [options.offset, options.length, options.position];
    const [offset = 0, length, position = null] = input;
    const size = ArrayBuffer.isView(buffer) ? buffer.byteLength : 0;
    const bytesRead = await later(
      'read',
      descriptor,
      buffer,
      offset,
      length ?? size - Number(offset),
      position,
    );
    return { bytesRead, buffer };
  };
  const known = {
    fd: descriptor,
    close,
    read,
    write,
    [Symbol.asyncDispose]: close,
    sync: () => later('fsync', descriptor),
    datasync: () => later('fdatasync', descriptor),
    stat: (options?: unknown) => later('fstat', descriptor, optionsOf(options)),
    chmod: (mode: unknown) => later('fchmod', descriptor, mode),
    truncate: (length: unknown = 0) => later('ftruncate', descriptor, length),
    utimes: (...times: unknown[]) => later('futimes', descriptor, ...times),
    readFile: (options?: unknown) => later('readFile', descriptor, options ?? null),
    writeFile: (data: unknown, options?: unknown) =>
      runLater(performer, writeFile(descriptor, data, optionsOf(options))),
    appendFile: (data: unknown, options?: unknown) =>
      runLater(performer, appendFile(descriptor, data, optionsOf(options))),
  };
  return {
    ...Object.fromEntries(unknownMethods(known).map(name => [name, refuse(`FileHandle.${name}`)])),
    ...known,
  };
};

const methods = [
  'appendFile',
  'chmod',
  'chown',
  'close',
  'createReadStream',
  'createWriteStream',
  'datasync',
  'read',
  'readFile',
  'readLines',
  'readableWebStream',
  'readv',
  'stat',
  'sync',
  'truncate',
  'utimes',
  'write',
  'writeFile',
  'writev',
];
const unknownMethods = (known: object): string[] => methods.filter(name => !(name in known));
