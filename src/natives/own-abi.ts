import fs from 'node:fs';
import { errnoOf } from '../failure.ts';
import { type Libc, type NodeAbi, nodeAbi } from './abi.ts';

/** A mapped loader of musl tells the libc without a report, which takes a tenth of a second. */
const ownLibc = (): Libc | null => {
  if (process.platform !== 'linux') return null;
  try {
    return /\/(?:ld-musl-|libc\.musl-)/.test(fs.readFileSync('/proc/self/maps', 'latin1')) ? 'musl' : 'glibc';
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    // Without /proc nothing cheap tells; glibc is what almost every desktop has.
    return 'glibc';
  }
};

const armVersion = (): string | null => {
  const { variables }: { variables: Readonly<Record<string, unknown>> } = process.config;
  return process.arch === 'arm' && variables.arm_version !== undefined ? String(variables.arm_version) : null;
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
