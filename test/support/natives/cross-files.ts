import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ownAbi } from '#src/natives/own-abi.js';

/** Comes with real files for nine systems, as napi-rs makes them. */
export const crossPackage = path.dirname(
  createRequire(import.meta.url).resolve('@electron-internal/extract-zip'),
);

/** The file for a system: `linux-x64-musl`, `darwin-universal`, `win32-arm64-msvc`. */
export const crossFile = (system: string): string => path.join(crossPackage, `index.${system}.node`);

const { platform, arch } = process;
const libc = ownAbi().tag.includes('musl') ? 'musl' : 'gnu';
const systems: Readonly<Record<string, string>> = {
  darwin: 'darwin-universal',
  linux: `linux-${arch}-${libc}`,
  win32: `win32-${arch}-msvc`,
};

export const ownSystem = systems[platform] ?? `${platform}-${arch}`;

/** The file for the system of this Node. */
export const fittingFile = (): string => crossFile(ownSystem);
/** One for a system that this is not. */
export const misfittingFile = (): string =>
  crossFile(platform === 'win32' ? 'linux-x64-gnu' : 'win32-x64-msvc');

export const crossBytes = (system: string): Buffer => readFileSync(crossFile(system));

const replaced = (bytes: Buffer, from: string, to: string): Buffer =>
  Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1');

/** The file for a system with another name in the place of that by which it registers, which is as long: one for ABI 1 to 9. */
export const forAbi = (system: string, modules: number): Buffer =>
  replaced(crossBytes(system), 'napi_register_module_v1', `node_register_module_v${modules}`);

/** The same, registering in a way that leaves no name. */
export const silent = (system: string): Buffer =>
  replaced(crossBytes(system), 'napi_register_module_v1', 'some_other_thing_of_its');

/** The part of the universal file for one architecture, as a file of its own. */
export const darwinSlice = (arch: 'x64' | 'arm64'): Buffer => {
  const universal = crossBytes('darwin-universal');
  const entry = 8 + ['x64', 'arm64'].indexOf(arch) * 20;
  const start = universal.readUInt32BE(entry + 8);
  return universal.subarray(start, start + universal.readUInt32BE(entry + 12));
};

/** The universal file with a table of the newer form, whose numbers are wide. */
export const wideUniversal = (): Buffer => {
  const narrow = crossBytes('darwin-universal');
  const wide = Buffer.from(narrow);
  wide.writeUInt32BE(0xcafebabf, 0);
  for (let index = 0; index < narrow.readUInt32BE(4); index += 1) {
    const [from, to] = [8 + index * 20, 8 + index * 32];
    narrow.copy(wide, to, from, from + 8);
    wide.writeBigUInt64BE(BigInt(narrow.readUInt32BE(from + 8)), to + 8);
    wide.writeBigUInt64BE(BigInt(narrow.readUInt32BE(from + 12)), to + 16);
  }
  return wide;
};

/** A file that registers as a module of Python. */
export const pythonModule = (): Buffer =>
  replaced(crossBytes('linux-x64-gnu'), 'napi_register_module_v1', 'PyInit_module_of_tests_');
