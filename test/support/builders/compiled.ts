/** The beginnings of compiled files, as the formats' own descriptions have them, and what loaders look for in them. */
type Inside = { readonly text?: string };

const napi = 'napi_register_module_v1\0';
const tail = ({ text = napi }: Inside): Buffer => Buffer.from(text, 'latin1');

const elfMachine = { x64: 62, arm64: 183, ia32: 3, arm: 40 } as const;
export const elf = (arch: keyof typeof elfMachine, inside: Inside = {}): Buffer => {
  const head = Buffer.alloc(64);
  head.write('\x7fELF\x02\x01\x01', 'latin1');
  head.writeUInt16LE(elfMachine[arch], 18);
  return Buffer.concat([head, tail(inside)]);
};

const machType = { x64: 0x01000007, arm64: 0x0100000c } as const;
type MachArch = keyof typeof machType;
export const machO = (arch: MachArch, inside: Inside = {}): Buffer => {
  const head = Buffer.alloc(32);
  head.writeUInt32LE(0xfeedfacf, 0);
  head.writeUInt32LE(machType[arch], 4);
  return Buffer.concat([head, tail(inside)]);
};

export const fatMachO = (archs: readonly MachArch[], inside: Inside = {}): Buffer => {
  const head = Buffer.alloc(8 + 20 * archs.length);
  head.writeUInt32BE(0xcafebabe, 0);
  head.writeUInt32BE(archs.length, 4);
  for (const [index, arch] of archs.entries()) head.writeUInt32BE(machType[arch], 8 + index * 20);
  return Buffer.concat([head, tail(inside)]);
};

const peMachine = { x64: 0x8664, arm64: 0xaa64, ia32: 0x14c } as const;
export const pe = (arch: keyof typeof peMachine, inside: Inside = {}): Buffer => {
  const head = Buffer.alloc(128);
  head.write('MZ', 'latin1');
  head.writeUInt32LE(96, 0x3c);
  head.write('PE\0\0', 96, 'latin1');
  head.writeUInt16LE(peMachine[arch], 100);
  return Buffer.concat([head, tail(inside)]);
};

/** What a module built against V8 alone exports, for one version of Node's or Electron's. */
export const forAbi = (modules: string): Inside => ({ text: `node_register_module_v${modules}\0` });
/** What a dynamic loader of each libc is told to load. */
export const linkedTo = (libc: 'glibc' | 'musl'): Inside => ({
  text: `${libc === 'musl' ? 'libc.musl-x86_64.so.1' : 'libc.so.6'}\0${napi}`,
});
