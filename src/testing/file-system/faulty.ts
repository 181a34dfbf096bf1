import { type FileSystem, nodeFileSystem } from '../../store/file-system.ts';
import { interceptFileSystem } from './intercept.ts';
import type { FileOperation } from './operation.ts';
import { assertErrno, systemError } from './system-error.ts';

/** The disk of a process that was killed: nothing has any effect any more. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** The operation of that number, or each one that it holds for. */
export type Moment = number | ((operation: FileOperation) => boolean);

export type FailOptions = {
  /** How often; default: once for a number, always for a predicate. After a number, its repetitions: same call, same path. */
  readonly times?: number;
  /** A write writes half of its bytes before it fails. */
  readonly short?: boolean;
};

export type FaultyFileSystem = {
  /** Hand it to what is tested in place of `node:fs`. */
  readonly fs: FileSystem;
  /** Everything that was asked for so far, without the bytes. */
  readonly operations: readonly FileOperation[];
  /**
   * From now on an operation fails with this errno (`ENOSPC`, `EBUSY` …) as Node would report it, instead of being done;
   * of several, they take turns. What comes back disarms it.
   */
  readonly failAt: (moment: Moment, errno: string | readonly string[], options?: FailOptions) => () => void;
  /** From that operation on each one throws `Killed`, reads too; a `short` kill writes half of a write before. */
  readonly killAt: (moment: Moment, options?: Pick<FailOptions, 'short'>) => void;
  /** Whether a fault has been met, or the kill. */
  readonly met: () => boolean;
};

type Armed = {
  readonly errnos: string[];
  readonly short: boolean;
  readonly hits: Moment;
  left: number;
  first?: FileOperation;
};

const isRepetition = (first: FileOperation | undefined, { call, path }: FileOperation): boolean =>
  first !== undefined && first.call === call && first.path === path;

const hits = ({ hits: moment, first }: Armed, operation: FileOperation): boolean =>
  typeof moment === 'number'
    ? operation.index === moment || isRepetition(first, operation)
    : moment(operation);

const halfOf = ({ data }: FileOperation): Uint8Array | undefined => data?.subarray(0, data.byteLength >> 1);

/** A system that refuses to close has closed nevertheless, and a dead process keeps nothing open. */
const before = (
  operation: FileOperation,
  short: boolean,
  proceed: (data?: Uint8Array) => unknown,
): unknown => {
  if (operation.call === 'close') return proceed();
  const half = short ? halfOf(operation) : undefined;
  return half === undefined || half.byteLength === 0 ? undefined : proceed(half);
};

/** The error once what comes before it has been done, in the style of the operation. */
const fail = (done: unknown, error: Error): unknown => {
  if (!(done instanceof Promise)) throw error;
  return done.then(() => {
    throw error;
  });
};

/** A file system for tests whose operations fail, or end as if the process had been killed, where the test says. */
export const faultyFileSystem = (base: FileSystem = nodeFileSystem): FaultyFileSystem => {
  const operations: FileOperation[] = [];
  const armed = new Set<Armed>();
  let kill: { readonly moment: Moment; readonly short: boolean } | null = null;
  let killed = false;
  let met = false;

  const dies = (operation: FileOperation): boolean => {
    if (killed || kill === null) return killed;
    const { moment } = kill;
    killed = typeof moment === 'number' ? operation.index >= moment : moment(operation);
    return killed;
  };

  const faultFor = (operation: FileOperation): Armed | undefined => {
    const fault = [...armed].find(one => one.left > 0 && hits(one, operation));
    if (fault === undefined) return undefined;
    fault.first ??= operation;
    fault.left -= 1;
    return fault;
  };

  const fs = interceptFileSystem(base, (operation, proceed) => {
    const wasKilled = killed;
    if (dies(operation)) {
      met = true;
      const done = before(operation, kill?.short === true && !wasKilled, proceed);
      return fail(done, new Killed(`killed before operation ${operation.index}`));
    }
    operations.push({ ...operation, data: undefined });
    const fault = faultFor(operation);
    if (fault === undefined) return proceed();
    met = true;
    const errno = fault.errnos[0] ?? 'EIO';
    fault.errnos.push(...fault.errnos.splice(0, 1));
    return fail(before(operation, fault.short, proceed), systemError(errno, operation));
  });

  return {
    fs,
    operations,
    met: () => met,
    killAt: (moment, { short = false } = {}) => {
      kill = { moment, short };
    },
    failAt: (moment, errno, { times, short = false } = {}) => {
      const left = times ?? (typeof moment === 'number' ? 1 : Number.POSITIVE_INFINITY);
      const errnos = [errno].flat();
      for (const name of errnos) assertErrno(name);
      const fault: Armed = { hits: moment, errnos, short, left };
      armed.add(fault);
      return () => void armed.delete(fault);
    },
  };
};
