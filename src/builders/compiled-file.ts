/** What a compiled file says of itself. Facts of the formats: ELF, Mach-O (thin and fat) and PE. */
export type CompiledFile = {
  readonly platform: 'linux' | 'darwin' | 'win32';
  readonly archs: readonly string[];
  readonly libc: 'glibc' | 'musl' | null;
  /** `NODE_MODULE_VERSION` that it was built for; `napi`: any; null: it does not say. */
  readonly abi: string | null;
};

const elfMachines: Readonly<Record<number, string>> = {
  3: 'ia32',
  40: 'arm',
  62: 'x64',
  183: 'arm64',
  21: 'ppc64',
  22: 's390x',
  243: 'riscv64',
  258: 'loong64',
};
const machTypes: Readonly<Record<number, string>> = {
  7: 'ia32',
  12: 'arm',
  16777223: 'x64',
  16777228: 'arm64',
};
const peMachines: Readonly<Record<number, string>> = {
  332: 'ia32',
  452: 'arm',
  34404: 'x64',
  43620: 'arm64',
};

const isNamed = (name: string | undefined): name is string => name !== undefined;

const elfArchs = (bytes: Buffer): readonly string[] => {
  const machine = bytes[5] === 2 ? bytes.readUInt16BE(18) : bytes.readUInt16LE(18);
  return [elfMachines[machine]].filter(isNamed);
};

/** Entries of a fat file: 20 bytes each, 32 in its 64-bit form; never more than a handful. */
const fatArchs = (bytes: Buffer, entryBytes: number): readonly string[] => {
  const count = Math.min(bytes.readUInt32BE(4), 8);
  return Array.from(
    { length: count },
    (_, index) => machTypes[bytes.readUInt32BE(8 + index * entryBytes)],
  ).filter(isNamed);
};

const peArchs = (bytes: Buffer): readonly string[] => {
  const header = bytes.readUInt32LE(0x3c);
  if (bytes.toString('latin1', header, header + 4) !== 'PE\0\0') return [];
  return [peMachines[bytes.readUInt16LE(header + 4)]].filter(isNamed);
};

type Form = Pick<CompiledFile, 'platform' | 'archs'>;

const formOf = (bytes: Buffer): Form | null => {
  const magic = bytes.readUInt32BE(0);
  if (magic === 0x7f454c46) return { platform: 'linux', archs: elfArchs(bytes) };
  if (magic === 0xcafebabe) return { platform: 'darwin', archs: fatArchs(bytes, 20) };
  if (magic === 0xcafebabf) return { platform: 'darwin', archs: fatArchs(bytes, 32) };
  if (magic === 0xcffaedfe || magic === 0xcefaedfe)
    return { platform: 'darwin', archs: [machTypes[bytes.readUInt32LE(4)]].filter(isNamed) };
  if (bytes.readUInt16BE(0) === 0x4d5a) return { platform: 'win32', archs: peArchs(bytes) };
  return null;
};

const libcOf = (bytes: Buffer): CompiledFile['libc'] => {
  if (bytes.includes('libc.musl-') || bytes.includes('ld-musl-')) return 'musl';
  return bytes.includes('libc.so.6') ? 'glibc' : null;
};

/** Names of the functions by which Node's loader finds a module; an older style registers itself and does not say. */
const abiOf = (bytes: Buffer): string | null => {
  if (bytes.includes('napi_register_module_v')) return 'napi';
  const name = 'node_register_module_v';
  const at = bytes.indexOf(name);
  const version = at === -1 ? '' : bytes.toString('latin1', at + name.length, at + name.length + 6);
  return /^\d+/.exec(version)?.[0] ?? null;
};

/** Null for what is none of these formats, is cut off, or is for an architecture that Node does not name. */
export const readCompiledFile = (bytes: Buffer): CompiledFile | null => {
  try {
    const form = formOf(bytes);
    if (form === null || form.archs.length === 0) return null;
    return { ...form, libc: form.platform === 'linux' ? libcOf(bytes) : null, abi: abiOf(bytes) };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
};
