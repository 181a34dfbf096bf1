import path from 'node:path';
import type { Incompatibility } from '../../machines/contract.ts';
import type { ExecFacts } from '../staging/compatibility.ts';
import { incompatibility } from '../staging/compatibility.ts';
import { asIncompatibility, type ShellFacts, shellDemand } from '../staging/shell-demand.ts';
import type { FileSystem } from '../store/file-system.ts';
import { asRecord, asText, readValue } from '../store/json-shape.ts';

const listOf = (value: unknown): readonly string[] =>
  [value].flat().filter((item): item is string => typeof item === 'string');

/**
 * The first demand of the runtime in a folder that the target or the shell does not meet (U-05); what comes from a registry
 * is held against them there.
 */
export const folderMisfit = (
  fs: FileSystem,
  dir: string,
  facts: ExecFacts,
  shell: ShellFacts,
): Incompatibility | null => {
  const manifest = asRecord(readValue(fs, path.join(dir, 'package.json')));
  const given = Object.entries(asRecord(manifest?.engines) ?? {});
  const engines = Object.fromEntries(given.map(([name, range]) => [name, asText(range)]));
  const unmet = shellDemand({ engines }, shell);
  if (unmet !== null) return asIncompatibility(unmet, shell.name);
  const { os, cpu, libc } = manifest ?? {};
  return incompatibility({ engines, os: listOf(os), cpu: listOf(cpu), libc: listOf(libc) }, facts);
};

/** Whether the runtime in a folder asks for a Node at all. */
export const demandsNode = (fs: FileSystem, dir: string): boolean =>
  asRecord(asRecord(readValue(fs, path.join(dir, 'package.json')))?.engines)?.node !== undefined;
