export type Libc = 'glibc' | 'musl';

type Machine = {
  /** Equal tags load the same compiled files (N-12); fit for a folder's name. */
  readonly tag: string;
  /** As `process.platform` says. */
  readonly platform: string;
  /** As `process.arch` says. */
  readonly arch: string;
  /** Null everywhere but on Linux. */
  readonly libc: Libc | null;
};

/** What a Node or an Electron loads. */
export type NodeAbi = Machine & {
  readonly kind: 'node';
  readonly runtime: 'node' | 'electron';
  /** Of the Node inside; of Electron there is one more. */
  readonly node: string | null;
  readonly electron: string | null;
  /** `NODE_MODULE_VERSION`; null where it is not known. */
  readonly modules: string | null;
  /** The highest version of Node-API; null where it does not say. */
  readonly napi: number | null;
  /** Major version of libuv; null where it is not known. */
  readonly uv: string | null;
  /** On 32-bit ARM: `6`, `7`; null elsewhere, and where it is not known. */
  readonly armv: string | null;
};

/** What a Python loads. */
export type PythonAbi = Machine & {
  readonly kind: 'python';
  /** `sys.implementation.name`: `cpython`, `pypy`. */
  readonly implementation: string;
  readonly version: string;
  /** The part of its own suffix that names version, flags and system: `cpython-313t-x86_64-linux-gnu`. */
  readonly soabi: string;
  /** What a file name may end with to be imported, the most exact first: `.abi3.so` and `.so` among them. */
  readonly suffixes: readonly string[];
};

export type Abi = NodeAbi | PythonAbi;

const joined = (...parts: readonly (string | null)[]): string =>
  parts.filter(part => part !== null).join('-');

/** `<platform>-<arch>[-<libc>]-(node|electron)<modules>`; `-<version>` in place of modules that are not known. */
export const nodeAbi = (facts: Omit<NodeAbi, 'kind' | 'tag' | 'runtime'>): NodeAbi => {
  const { platform, arch, libc, node, electron, modules } = facts;
  const runtime = electron === null ? 'node' : 'electron';
  const loads = modules ?? `-${electron ?? node ?? 'unknown'}`;
  return { ...facts, kind: 'node', tag: joined(platform, arch, libc, `${runtime}${loads}`), runtime };
};

/** `cpython-313t`: implementation, version and flags without the system, which a tag has already. */
const interpreterPart = (soabi: string): string =>
  soabi
    .split('-')
    .slice(0, /^cp\d/.test(soabi) ? 1 : 2)
    .join('-');

/** `<platform>-<arch>[-<libc>]-<implementation>-<version and flags>` */
export const pythonAbi = (facts: Omit<PythonAbi, 'kind' | 'tag'>): PythonAbi => {
  const { platform, arch, libc, soabi } = facts;
  return { kind: 'python', tag: joined(platform, arch, libc, interpreterPart(soabi)), ...facts };
};
