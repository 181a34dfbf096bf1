import type { FileSystem } from '../../store/file-system.ts';
import { openFiles } from './open-files.ts';
import type { FileOperation, Interceptor } from './operation.ts';
import { type Input, type Primitive, type PrimitiveName, primitives } from './primitives.ts';

/** Performs primitives through the interceptor: at once, or to a promise. */
export type Performer = {
  readonly now: (name: PrimitiveName, ...input: Input) => unknown;
  readonly later: (name: PrimitiveName, ...input: Input) => Promise<unknown>;
};

const functionOf = (base: FileSystem, name: string): ((...input: unknown[]) => unknown) => {
  const found: unknown = Reflect.get(base, name);
  if (typeof found !== 'function') throw new TypeError(`the file system below has no ${name}`);
  return (...input) => Reflect.apply(found, base, input);
};

/** All asynchronous forms go through the functions with callbacks of the file system below. */
const promised = (base: FileSystem, name: PrimitiveName, input: Input): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const done = (error: unknown, result?: unknown): void =>
      error == null ? resolve(result) : reject(error);
    functionOf(base, name)(...input, done);
  });

export const performer = (base: FileSystem, intercept: Interceptor): Performer => {
  const files = openFiles();
  let count = 0;

  const operationOf = (name: PrimitiveName, style: 'sync' | 'async', input: Input): FileOperation => {
    const { call, mutates, facts: look }: Primitive = primitives[name];
    const facts = look(input, files.pathOf);
    count += 1;
    return {
      index: count,
      call,
      style,
      ...facts,
      mutates: mutates === true || (mutates !== false && mutates(facts)),
    };
  };

  /** A write is handed on in one form: `(fd, bytes, 0, length, position)`. */
  const inputFor = (
    { call, descriptor, data, position }: FileOperation,
    input: Input,
    other?: Uint8Array,
  ): Input => {
    const bytes = other ?? data;
    return call === 'write' && bytes !== undefined
      ? [descriptor, bytes, 0, bytes.byteLength, position]
      : input;
  };

  const done = ({ call, path: place, to, descriptor }: FileOperation, result: unknown): unknown => {
    if (call === 'open') files.opened(Number(result), place);
    if (call === 'close' && descriptor !== undefined) files.closed(descriptor);
    if (call === 'rename' && to !== undefined) files.renamed(place, to);
    return result;
  };

  return {
    now: (name, ...input) => {
      const operation = operationOf(name, 'sync', input);
      return intercept(operation, data =>
        done(operation, functionOf(base, `${name}Sync`)(...inputFor(operation, input, data))),
      );
    },
    later: async (name, ...input) => {
      const operation = operationOf(name, 'async', input);
      return await intercept(operation, async data =>
        done(operation, await promised(base, name, inputFor(operation, input, data))),
      );
    },
  };
};
