import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Fetched, FetchRequest } from '#src/natives/fetching.js';
import { fetchPythonPackages } from '#src/natives/python-packages.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';

export const fetchInto = (
  request: FetchRequest,
  signal: AbortSignal = new AbortController().signal,
): Promise<Fetched> => fetchPythonPackages(fs, request, signal, () => undefined);

export const imports = (exec: string, tree: string, name: string): boolean => {
  const code = `import sys; sys.path.insert(0, sys.argv[1]); import ${name}`;
  try {
    execFileSync(exec, ['-I', '-B', '-c', code, path.join(tree, 'site-packages')], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

export const native = (name: string, more: object = {}) => ({
  name,
  dir: null,
  module: name,
  pins: [],
  build: false,
  optional: false,
  ...more,
});

export const refusal = async (
  request: FetchRequest,
): Promise<{ code: unknown; message: string; hint: string }> => {
  const error: unknown = await fetchInto(request).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new TypeError('it was installed');
  const { code, hint, message } = error as Error & { code: unknown; hint: string };
  expect(`${message} ${hint}`).not.toContain(request.folder);
  expect(`${message} ${hint}`).not.toContain('\n');
  return { code, message, hint };
};

/** Processes that work in a folder. */
export const workingIn = (folder: string): readonly string[] =>
  readdirSync('/proc').filter(pid => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(folder);
    } catch {
      return false;
    }
  });
