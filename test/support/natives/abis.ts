import { type NodeAbi, nodeAbi, type PythonAbi, pythonAbi } from '#src/natives/abi.js';

const machines = [
  { platform: 'linux', arch: 'x64', libc: 'glibc' },
  { platform: 'linux', arch: 'x64', libc: 'musl' },
  { platform: 'linux', arch: 'arm64', libc: 'glibc' },
  { platform: 'linux', arch: 'arm64', libc: 'musl' },
  { platform: 'linux', arch: 'ia32', libc: 'glibc' },
  { platform: 'linux', arch: 'arm', libc: 'glibc' },
  { platform: 'darwin', arch: 'x64', libc: null },
  { platform: 'darwin', arch: 'arm64', libc: null },
  { platform: 'win32', arch: 'x64', libc: null },
  { platform: 'win32', arch: 'arm64', libc: null },
] as const;

type Machine = (typeof machines)[number];

export const nodeOn = (machine: Machine, modules = '115', electron: string | null = null): NodeAbi =>
  nodeAbi({ ...machine, node: '20.17.0', electron, modules, napi: 9, uv: '1', armv: null });

export const pythonOn = (soabi: string, version: string): PythonAbi =>
  pythonAbi({
    platform: 'linux',
    arch: 'x64',
    libc: 'glibc',
    implementation: 'cpython',
    version,
    soabi,
    suffixes: [`.${soabi}.so`, '.abi3.so', '.so'],
  });

/** Every system that the real files in the tests are for, as a Node 20. */
export const everyNode: readonly NodeAbi[] = machines.map(machine => nodeOn(machine));

/** The one of them with this system. */
export const nodeFor = (system: string, modules?: string, electron?: string): NodeAbi => {
  const machine = machines.find(
    ({ platform, arch, libc }) => [platform, arch, libc ?? []].flat().join('-') === system,
  );
  if (machine === undefined) throw new TypeError(`no system ${system}`);
  return nodeOn(machine, modules, electron ?? null);
};
