import { createAbiMemory } from '#src/natives/abi-memory.js';
import { createProbe } from '#src/natives/probe.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import type { AbiInput } from '../rows/abi.ts';
import { subject } from './subject.ts';

/** The first question of a process, as the start of an app puts it. */
await subject(async ({ exec, cache }: AbiInput) => {
  const memory = createAbiMemory(nodeFileSystem, cache);
  const probe = createProbe({ memory });
  const begun = performance.now();
  const abi = await probe(exec);
  const ms = performance.now() - begun;
  if (abi === null) throw new Error(`${exec} has no ABI`);
  await memory.idle();
  return { ms };
});
