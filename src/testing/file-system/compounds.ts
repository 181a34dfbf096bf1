import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hasErrno } from '../../failure.ts';
import { absolute } from './open-files.ts';
import type { Performer } from './performer.ts';
import type { PrimitiveName } from './primitives.ts';

/**
 * The calls of `node:fs` that are many calls of the system, as steps: a fault can hit each one. Written once; they run
 * synchronously or not.
 */
type Step = readonly ['pause', number] | readonly [PrimitiveName, ...(readonly unknown[])];
type Steps<Result> = Generator<Step, Result, unknown>;
type Options = Readonly<Record<string, unknown>>;

export const optionsOf = (given: unknown): Options =>
  typeof given === 'string' ? { encoding: given } : typeof given === 'object' ? { ...given } : {};

const isFolder = (stats: unknown): boolean =>
  typeof stats === 'object' &&
  stats !== null &&
  'isDirectory' in stats &&
  typeof stats.isDirectory === 'function' &&
  stats.isDirectory() === true;

function* makeFolders(place: string, options: Options): Steps<string | undefined> {
  const plain = { ...options, recursive: false };
  try {
    yield ['mkdir', place, plain];
    return place;
  } catch (error) {
    const above = path.dirname(place);
    if (hasErrno(error, 'ENOENT') && above !== place) {
      const first = yield* makeFolders(above, options);
      const own = yield* makeFolders(place, options);
      return first ?? own;
    }
    if (!hasErrno(error, 'EEXIST', 'EISDIR') || !isFolder(yield ['stat', place])) throw error;
    return undefined;
  }
}

export function* mkdir(place: unknown, given: unknown): Steps<string | undefined> {
  const options = optionsOf(typeof given === 'number' ? { mode: given } : given);
  if (options.recursive === true) return yield* makeFolders(absolute(place), options);
  yield ['mkdir', place, options];
  return undefined;
}

const transient = ['EBUSY', 'EMFILE', 'ENFILE', 'ENOTEMPTY', 'EPERM'];

function* removeOne(step: Step, { force, maxRetries = 0, retryDelay = 100 }: Options): Steps<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      yield step;
      return;
    } catch (error) {
      if (hasErrno(error, 'ENOENT') && force === true) return;
      if (tries > Number(maxRetries) || !hasErrno(error, ...transient)) throw error;
    }
    yield ['pause', Number(retryDelay) * tries];
  }
}

function* removeTree(place: string, stats: unknown, options: Options): Steps<void> {
  if (!isFolder(stats)) return yield* removeOne(['unlink', place], options);
  const names = (yield ['readdir', place]) as readonly string[];
  for (const name of names) {
    const inside = path.join(place, name);
    yield* removeTree(inside, yield ['lstat', inside], options);
  }
  yield* removeOne(['rmdir', place], options);
}

export function* rm(given: unknown, options: Options): Steps<void> {
  const place = absolute(given);
  let stats: unknown;
  try {
    stats = yield ['lstat', place];
  } catch (error) {
    if (hasErrno(error, 'ENOENT') && options.force === true) return;
    throw error;
  }
  if (isFolder(stats) && options.recursive !== true) {
    throw Object.assign(new Error(`rm: ${place} is a folder`), { code: 'ERR_FS_EISDIR' });
  }
  yield* removeTree(place, stats, options);
}

const bytesOf = (data: unknown, encoding: unknown): Uint8Array => {
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (typeof data !== 'string') throw new TypeError('this file system writes texts and bytes');
  return Buffer.from(data, typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8');
};

/** How many bytes a write has taken. */
function* writeAll(descriptor: unknown, bytes: Uint8Array): Steps<void> {
  for (let at = 0; at < bytes.byteLength; ) {
    const took = yield ['write', descriptor, bytes, at, bytes.byteLength - at, null];
    at += Number(took);
  }
}

export function* writeFile(place: unknown, data: unknown, options: Options): Steps<void> {
  const bytes = bytesOf(data, options.encoding);
  if (typeof place === 'number') return yield* writeAll(place, bytes);
  const descriptor = yield ['open', place, options.flag ?? 'w', options.mode ?? 0o666];
  try {
    yield* writeAll(descriptor, bytes);
    if (options.flush === true) yield ['fsync', descriptor];
  } finally {
    yield ['close', descriptor];
  }
}

export function* appendFile(place: unknown, data: unknown, options: Options): Steps<void> {
  yield* writeFile(place, data, { flag: 'a', ...options });
}

const exclusive = 1;

export function* copyFile(from: unknown, to: unknown, mode: unknown): Steps<void> {
  const stats = yield ['stat', from];
  const content = yield ['readFile', from];
  const rights = typeof stats === 'object' && stats !== null && 'mode' in stats ? Number(stats.mode) : 0o666;
  const flag = (Number(mode ?? 0) & exclusive) === 0 ? 'w' : 'wx';
  yield* writeFile(to, content, { flag, mode: rights & 0o777 });
}

/** Runs the steps now; its pauses pass at once. */
export const runNow = <Result>({ now }: Performer, steps: Steps<Result>): Result => {
  let turn = steps.next();
  while (turn.done !== true) {
    const [name, ...input] = turn.value;
    let result: unknown;
    try {
      result = name === 'pause' ? undefined : now(name, ...input);
    } catch (error) {
      turn = steps.throw(error);
      continue;
    }
    turn = steps.next(result);
  }
  return turn.value;
};

export const runLater = async <Result>({ later }: Performer, steps: Steps<Result>): Promise<Result> => {
  let turn = steps.next();
  while (turn.done !== true) {
    const [name, ...input] = turn.value;
    let result: unknown;
    try {
      result = await (name === 'pause' ? delay(Number(input[0])) : later(name, ...input));
    } catch (error) {
      turn = steps.throw(error);
      continue;
    }
    turn = steps.next(result);
  }
  return turn.value;
};
