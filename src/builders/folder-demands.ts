import path from 'node:path';
import type { Incompatibility } from '../../machines/contract.ts';
import type { ExecFacts } from '../process/executable.ts';
import { incompatibility } from '../staging/compatibility.ts';
import type { FileSystem } from '../store/file-system.ts';
import { asRecord, asText, readValue } from '../store/json-shape.ts';

const listOf = (value: unknown): readonly string[] =>
  [value].flat().filter((item): item is string => typeof item === 'string');

/** The first demand of the runtime in a folder that the target does not meet (U-05); what comes from a registry is held against it there. */
export const folderMisfit = (fs: FileSystem, dir: string, facts: ExecFacts): Incompatibility | null => {
  const manifest = asRecord(readValue(fs, path.join(dir, 'package.json')));
  const node = asText(asRecord(manifest?.engines)?.node) ?? undefined;
  const { os, cpu, libc } = manifest ?? {};
  const engines = node === undefined ? {} : { node };
  return incompatibility({ engines, os: listOf(os), cpu: listOf(cpu), libc: listOf(libc) }, facts);
};

/** Whether the runtime in a folder asks for a Node at all. */
export const demandsNode = (fs: FileSystem, dir: string): boolean =>
  asRecord(asRecord(readValue(fs, path.join(dir, 'package.json')))?.engines)?.node !== undefined;
