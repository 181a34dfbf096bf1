import type { Abi, NodeAbi, PythonAbi } from './abi.ts';

const systemText = ({ platform, arch, libc }: Abi): string =>
  [platform, arch, ...(libc === null ? [] : [libc])].join(' ');

const nodeText = (abi: NodeAbi): string => {
  const { node, electron, modules, napi } = abi;
  const inside = `Node ${node ?? 'of unknown version'}`;
  const name = electron === null ? inside : `Electron ${electron} (${inside})`;
  return `${name} on ${systemText(abi)}, ABI ${modules ?? 'not known'}${napi === null ? '' : `, Node-API ${napi}`}`;
};

const pythonText = (abi: PythonAbi): string => {
  const name = abi.implementation === 'cpython' ? 'CPython' : abi.implementation;
  return `${name} ${abi.version} on ${systemText(abi)}, imports ${abi.suffixes.map(suffix => `*${suffix}`).join(', ')}`;
};

/** What an executable is, for people. */
export const abiText = (abi: Abi): string => (abi.kind === 'node' ? nodeText(abi) : pythonText(abi));
