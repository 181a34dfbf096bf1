import { constants } from 'node:fs';
import { absolute } from './open-files.ts';
import type { FileCall, FileOperation } from './operation.ts';

export type Input = readonly unknown[];
type Facts = Omit<FileOperation, 'index' | 'call' | 'style' | 'mutates'>;

/** What a function of `node:fs` does, by its plain name. */
export type Primitive = {
  readonly call: FileCall;
  readonly mutates: boolean | ((facts: Facts) => boolean);
  readonly facts: (input: Input, pathOf: (descriptor: number) => string) => Facts;
};

const numberOr = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
const flagsOf = (value: unknown): string | number =>
  typeof value === 'number' ? value : String(value ?? 'r');
const modeOf = (value: unknown): string | number | undefined => {
  const mode: unknown = typeof value === 'object' && value !== null && 'mode' in value ? value.mode : value;
  return typeof mode === 'string' || typeof mode === 'number' ? mode : undefined;
};

const onPath: Primitive['facts'] = ([place]) => ({ path: absolute(place) });
const onTwo: Primitive['facts'] = ([from, to]) => ({ path: absolute(from), to: absolute(to) });
const onDescriptor: Primitive['facts'] = ([given], pathOf) => {
  const descriptor = Number(given);
  return { path: pathOf(descriptor), descriptor };
};

/** Every form of a write: `(fd, text, position, encoding)` and `(fd, bytes, offset | {…}, length, position)`. */
const written: Primitive['facts'] = (input, pathOf) => {
  const [, what, third, fourth, fifth] = input;
  const file = onDescriptor(input, pathOf);
  if (typeof what === 'string') {
    const encoding = typeof fourth === 'string' && Buffer.isEncoding(fourth) ? fourth : 'utf8';
    return { ...file, data: Buffer.from(what, encoding), position: numberOr(third) ?? null };
  }
  if (!ArrayBuffer.isView(what)) throw new TypeError('this file system writes texts and bytes');
  const options: Record<string, unknown> = typeof third === 'object' ? { ...third } : {};
  const offset = numberOr(options.offset ?? third) ?? 0;
  const length = numberOr(options.length ?? fourth) ?? what.byteLength - offset;
  const data = Buffer.from(what.buffer, what.byteOffset + offset, length);
  return { ...file, data, position: numberOr(options.position ?? fifth) ?? null };
};

const opens = ({ flags = 'r' }: Facts): boolean =>
  typeof flags === 'number' ? (flags & (constants.O_CREAT | constants.O_TRUNC)) !== 0 : /[wa]/.test(flags);

const reads = (call: FileCall, facts = onPath): Primitive => ({ call, mutates: false, facts });
const changes = (call: FileCall, facts = onPath): Primitive => ({ call, mutates: true, facts });

export const primitiveNames = [
  'access',
  'exists',
  'lstat',
  'stat',
  'fstat',
  'statfs',
  'read',
  'readdir',
  'readlink',
  'realpath',
  'readFile',
  'close',
  'fsync',
  'fdatasync',
  'open',
  'write',
  'mkdir',
  'mkdtemp',
  'rename',
  'link',
  'symlink',
  'unlink',
  'rmdir',
  'truncate',
  'ftruncate',
  'chmod',
  'fchmod',
  'utimes',
  'futimes',
] as const;

export type PrimitiveName = (typeof primitiveNames)[number];

export const primitives: Readonly<Record<PrimitiveName, Primitive>> = {
  access: reads('access'),
  exists: reads('exists'),
  lstat: reads('lstat'),
  stat: reads('stat'),
  fstat: reads('stat', onDescriptor),
  statfs: reads('statfs'),
  read: reads('read', onDescriptor),
  readdir: reads('readdir'),
  readlink: reads('readlink'),
  realpath: reads('realpath'),
  readFile: reads('readFile', (input, pathOf) =>
    (typeof input[0] === 'number' ? onDescriptor : onPath)(input, pathOf),
  ),
  close: reads('close', onDescriptor),
  fsync: reads('fsync', onDescriptor),
  fdatasync: reads('fdatasync', onDescriptor),
  open: {
    call: 'open',
    mutates: opens,
    facts: ([place, flags, mode]) => ({ path: absolute(place), flags: flagsOf(flags), mode: modeOf(mode) }),
  },
  write: changes('write', written),
  mkdir: changes('mkdir', ([place, options]) => ({ path: absolute(place), mode: modeOf(options) })),
  mkdtemp: changes('mkdtemp'),
  rename: changes('rename', onTwo),
  link: changes('link', onTwo),
  symlink: changes('symlink', ([target, place]) => ({ path: absolute(place), to: String(target) })),
  unlink: changes('unlink'),
  rmdir: changes('rmdir'),
  truncate: changes('truncate', ([place, length]) => ({
    path: absolute(place),
    length: numberOr(length) ?? 0,
  })),
  ftruncate: changes('truncate', (input, pathOf) => ({
    ...onDescriptor(input, pathOf),
    length: numberOr(input[1]) ?? 0,
  })),
  chmod: changes('chmod', ([place, mode]) => ({ path: absolute(place), mode: modeOf(mode) })),
  fchmod: changes('chmod', (input, pathOf) => ({ ...onDescriptor(input, pathOf), mode: modeOf(input[1]) })),
  utimes: changes('utimes'),
  futimes: changes('utimes', onDescriptor),
};
