import { errnoOf, hasErrno } from '../../failure.ts';
import type { FileSystem } from '../../store/file-system.ts';
import * as compounds from './compounds.ts';
import { fileHandle } from './file-handle.ts';
import type { Interceptor } from './operation.ts';
import { type Performer, performer } from './performer.ts';
import { primitiveNames } from './primitives.ts';

type Functions = Record<string, (...input: unknown[]) => unknown>;
type Callback = (error: unknown, ...results: unknown[]) => void;

const { optionsOf, runLater, runNow } = compounds;

/** A call that is not understood must not reach the disk unseen. */
const refuse = (name: string) => (): never => {
  throw new TypeError(`an intercepted file system does not know ${name}`);
};

const compoundForms = {
  mkdir: ([place, options]: readonly unknown[]) => compounds.mkdir(place, options),
  rm: ([place, options]: readonly unknown[]) => compounds.rm(place, optionsOf(options)),
  writeFile: ([place, data, options]: readonly unknown[]) =>
    compounds.writeFile(place, data, optionsOf(options)),
  appendFile: ([place, data, options]: readonly unknown[]) =>
    compounds.appendFile(place, data, optionsOf(options)),
  copyFile: ([from, to, mode]: readonly unknown[]) => compounds.copyFile(from, to, mode),
};

/** As in Node, nothing that can be wrong with a place is an error of this call. */
const exists =
  ({ now }: Performer) =>
  (place: unknown): unknown => {
    try {
      return now('exists', place);
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
      return false;
    }
  };

/** As in Node: `throwIfNoEntry: false` answers a missing place with nothing. */
const look =
  ({ now }: Performer, name: 'stat' | 'lstat') =>
  (place: unknown, options: unknown): unknown => {
    try {
      return now(name, place, options);
    } catch (error) {
      if (optionsOf(options).throwIfNoEntry !== false || !hasErrno(error, 'ENOENT', 'ENOTDIR')) throw error;
      return undefined;
    }
  };

const synchronous = (performer: Performer): Functions =>
  Object.fromEntries([
    ...primitiveNames.map(name => [`${name}Sync`, (...input: unknown[]) => performer.now(name, ...input)]),
    ...Object.entries(compoundForms).map(([name, steps]) => [
      `${name}Sync`,
      (...input: unknown[]) => runNow<unknown>(performer, steps(input)),
    ]),
    ['existsSync', exists(performer)],
    ['statSync', look(performer, 'stat')],
    ['lstatSync', look(performer, 'lstat')],
  ]) as Functions;

const promising = (performer: Performer): Functions =>
  Object.fromEntries([
    ...primitiveNames.map(name => [name, (...input: unknown[]) => performer.later(name, ...input)]),
    ...Object.entries(compoundForms).map(([name, steps]) => [
      name,
      async (...input: unknown[]) => await runLater<unknown>(performer, steps(input)),
    ]),
  ]) as Functions;

/** As in Node, both have a form of the system, `native`: here the same operation. */
const withNative = (functions: Functions): Functions => ({
  ...functions,
  ...Object.fromEntries(
    (['realpath', 'realpathSync'] as const).map(name => {
      const form = (...input: unknown[]): unknown => functions[name]?.(...input);
      return [name, Object.assign(form, { native: form })];
    }),
  ),
});

const isCallback = (value: unknown): value is Callback => typeof value === 'function';

/** The callback is called outside of the promise: what it throws is nobody's rejection. */
const withCallback =
  (work: (...input: unknown[]) => unknown) =>
  (...given: unknown[]): void => {
    const callback = given.at(-1);
    const input = given.slice(0, -1);
    if (!isCallback(callback)) throw new TypeError('the last argument must be a function');
    Promise.resolve(work(...input)).then(
      result => process.nextTick(callback, null, result, input[1]),
      (error: unknown) => process.nextTick(callback, error),
    );
  };

const handlesOnly = new Set([
  'close',
  'exists',
  'fchmod',
  'fdatasync',
  'fstat',
  'fsync',
  'ftruncate',
  'futimes',
  'read',
  'write',
]);

const isPlain = (name: string, value: unknown): boolean => typeof value !== 'function' || /^[A-Z]/.test(name);

/** The same names as below: what is known passes the interceptor, what is not refuses, constants stay. */
const covering = (below: object, known: Functions, prefix: string): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(below).map(([name, value]) => [
      name,
      known[name] ?? (isPlain(name, value) ? value : refuse(`${prefix}${name}`)),
    ]),
  );

/**
 * A file system whose every call goes through `intercept` on its way to `base`. Calls that are many calls of the system
 * (`rm`, `mkdir` with parents, `writeFile`, `appendFile`, `copyFile`, streams) arrive as those; a function that is not
 * known refuses with a `TypeError` instead of passing by.
 */
export const interceptFileSystem = (base: FileSystem, intercept: Interceptor): FileSystem => {
  const perform = performer(base, intercept);
  const promises = promising(perform);
  const open = async (...input: unknown[]): Promise<unknown> =>
    fileHandle(perform, Number(await perform.later('open', ...input)), refuse);
  const callbacks = Object.fromEntries(
    Object.entries(promises).map(([name, work]) => [name, withCallback(work)]),
  ) as Functions;
  const { open: opening, read, write, close } = callbacks;
  const createReadStream = (place: string, options: unknown): unknown =>
    base.createReadStream(place, { ...optionsOf(options), fs: { open: opening, read, close } } as object);
  const createWriteStream = (place: string, options: unknown): unknown =>
    base.createWriteStream(place, { ...optionsOf(options), fs: { open: opening, write, close } } as object);
  const offered = Object.fromEntries(Object.entries(promises).filter(([name]) => !handlesOnly.has(name)));
  const functions = {
    ...withNative({ ...callbacks, ...synchronous(perform) }),
    createReadStream,
    createWriteStream,
    exists: refuse('exists'),
  };
  return {
    ...covering(base, functions as Functions, 'fs.'),
    promises: covering(base.promises, { ...offered, open }, 'fs.promises.'),
  } as unknown as FileSystem;
};
