import type { Abi } from '../natives/abi.ts';
import type { Identity } from '../store/attempt-identity.ts';

const nameOf = (abi: Abi): string => {
  if (abi.kind === 'python')
    return `${abi.implementation === 'cpython' ? 'CPython' : abi.implementation} ${abi.version}`;
  const inside = `Node ${abi.node ?? 'of unknown version'}`;
  return abi.electron === null ? inside : `Electron ${abi.electron} (${inside})`;
};

/** `ran on Node 24.9.0, ABI 137, linux x64 glibc`, and why it was not led to its natives, if it was not. */
export const identityText = ({ abi, problem }: Identity): string => {
  const name = abi.kind === 'python' ? abi.soabi : (abi.modules ?? 'not known');
  const system = [abi.platform, abi.arch, abi.libc].filter(part => part !== null).join(' ');
  const lost = problem === null ? '' : `, not led to its natives: ${problem}`;
  return `ran on ${nameOf(abi)}, ABI ${name}, ${system}${lost}`;
};
