import { mkdirSync } from 'node:fs';
import { devNull } from 'node:os';
import path from 'node:path';
import { onTestFinished, vi } from 'vitest';
import type { PythonAbi } from '#src/natives/abi.js';
import type { Pin } from '#src/natives/dependency.js';
import type { FetchRequest } from '#src/natives/fetching.js';
import { probeAbi } from '#src/natives/probe.js';
import { temporaryFolder } from '../folder.ts';
import { buildExtension, pythonHeaders } from './addons.ts';
import type { Interpreter } from './interpreters.ts';
import { type Archive, partOf, type Wheel, wheelTag, writeWheel } from './wheels.ts';

/** Nothing of the machine's own configuration counts in this test, and nobody's cache. */
export const onlyHere = (settings: Readonly<Record<string, string>>): void => {
  for (const name of Object.keys(process.env)) if (/^(?:PIP|UV)_/.test(name)) vi.stubEnv(name, undefined);
  const all = { PIP_CONFIG_FILE: devNull, PIP_NO_CACHE_DIR: '1', ...settings };
  for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
};

/** Packages come from this folder alone. */
export const fromFolder = (folder: string): void => onlyHere({ PIP_NO_INDEX: '1', PIP_FIND_LINKS: folder });

export const pinOf = ({ spec, hash }: Archive, ...more: readonly string[]): Pin => {
  const [name = '', version = ''] = spec.split('@');
  return { name, version, hashes: [hash, ...more] };
};

export const pythonOf = async ({ exec }: Interpreter): Promise<PythonAbi> => {
  const abi = await probeAbi(exec);
  if (abi?.kind !== 'python') throw new TypeError(`${exec} is no Python`);
  return abi;
};

/** A request into a scratch folder of its own. */
export const requestFor = async (
  { exec, version }: Interpreter,
  pins: readonly Pin[],
  buildable: readonly string[] = [],
): Promise<FetchRequest> => {
  const folder = path.join(temporaryFolder(), 'scratch');
  mkdirSync(folder);
  const abi = await pythonOf({ exec, version });
  return { abi, exec, folder, tree: path.join(folder, 'tree'), pins, buildable };
};

/** A wheel with a compiled module that only this interpreter imports; or, limited, every one from 3.6 on. */
export const compiledWheel = async (
  folder: string,
  interpreter: Interpreter,
  { name = 'stagey', limited = false, ...more }: Partial<Wheel> & { readonly limited?: boolean } = {},
): Promise<Archive> => {
  const { exec } = interpreter;
  const abi = await pythonOf(interpreter);
  const suffix = limited ? '.abi3.so' : (abi.suffixes[0] ?? '.so');
  const module = buildExtension(pythonHeaders(exec) ?? '', temporaryFolder(), name, suffix);
  const files = [partOf(module), ...(more.files ?? [])];
  return writeWheel(folder, { ...more, name, tag: wheelTag(exec, abi, limited), files });
};
