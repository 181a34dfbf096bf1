import fs from 'node:fs';
import { errnoOf } from '../failure.ts';
import { type Libc, type NodeAbi, nodeAbi } from './abi.ts';

/** Of the loader that a program asks for, which stands right behind its header. */
const loaderIn = (text: string): Libc | null =>
  /\/ld-linux/.test(text) ? 'glibc' : /\/ld-musl-/.test(text) ? 'musl' : null;

const headOf = (file: string): string => {
  const descriptor = fs.openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(2048);
    return buffer.toString('latin1', 0, fs.readSync(descriptor, buffer, 0, buffer.length, 0));
  } finally {
    fs.closeSync(descriptor);
  }
};

/** Without a report, which takes a tenth of a second; what is mapped tells it too, five times as slowly. */
const ownLibc = (): Libc | null => {
  if (process.platform !== 'linux') return null;
  try {
    const mapped = (): string => fs.readFileSync('/proc/self/maps', 'latin1');
    return loaderIn(headOf('/proc/self/exe')) ?? loaderIn(mapped()) ?? 'glibc';
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    // Without /proc nothing cheap tells; glibc is what almost every desktop has.
    return 'glibc';
  }
};

const armVersion = (): string | null => {
  if (process.arch !== 'arm') return null;
  const { variables }: { variables: Readonly<Record<string, unknown>> } = process.config;
  return variables.arm_version === undefined ? null : String(variables.arm_version);
};

let own: NodeAbi | undefined;

/** The ABI of this process, which asks nobody. */
export const ownAbi = (): NodeAbi => {
  const { node, modules, napi, uv, electron } = process.versions;
  own ??= nodeAbi({
    platform: process.platform,
    arch: process.arch,
    libc: ownLibc(),
    node,
    electron: electron ?? null,
    modules,
    napi: napi === undefined ? null : Number(napi),
    uv: uv.split('.')[0] ?? null,
    armv: armVersion(),
  });
  return own;
};
