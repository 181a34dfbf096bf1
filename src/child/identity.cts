/** Writes down which Node really runs (N-10): once, in the file that the shell names. It costs the evidence, never the launch. */
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';

/** The loader that a program asks for stands right behind its header. */
const headOfProgram = (): string => {
  const descriptor = openSync('/proc/self/exe', 'r');
  try {
    const buffer = Buffer.alloc(2048);
    return buffer.toString('latin1', 0, readSync(descriptor, buffer, 0, 2048, 0));
  } finally {
    closeSync(descriptor);
  }
};

const libc = (): string | null => {
  if (process.platform !== 'linux') return null;
  try {
    return headOfProgram().includes('/ld-musl-') ? 'musl' : 'glibc';
  } catch {
    // Without /proc nothing cheap tells; glibc is what almost every desktop has.
    return 'glibc';
  }
};

const identity = (problem: string | undefined): string => {
  const { platform, arch, versions } = process;
  const { node, modules, electron = null, napi = null, uv = null } = versions;
  const { variables }: { variables: Readonly<Record<string, unknown>> } = process.config;
  const armv = arch === 'arm' ? (variables.arm_version ?? null) : null;
  const facts = { kind: 'node', platform, arch, libc: libc(), node, modules, electron, napi, uv, armv };
  return JSON.stringify({ ...facts, problem: problem ?? null });
};

const { STAGEDOOR_IDENTITY: file, STAGEDOOR_NATIVE_PROBLEM: problem } = process.env;

// Nothing that it forks needs this file, and it sees the options that it was meant to have.
const place = process.execArgv.indexOf(__filename);
if (place > 0) process.execArgv.splice(place - 1, 2);

if (file !== undefined) {
  // What the runtime starts is not the runtime.
  delete process.env.STAGEDOOR_IDENTITY;
  delete process.env.STAGEDOOR_NATIVE_PROBLEM;
  try {
    writeFileSync(file, identity(problem), { flag: 'wx', mode: 0o600 });
  } catch {
    // A full or locked disk must not keep the runtime from starting; the shell sees that the file is not there.
  }
}
