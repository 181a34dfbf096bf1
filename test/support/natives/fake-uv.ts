import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { vi } from 'vitest';
import { temporaryFolder } from '../folder.ts';

/** A program `uv` on PATH, in sh; gives back where it writes down how it was called. */
export const fakeUv = (work: string): { readonly given: () => string } => {
  const folder = temporaryFolder();
  const [file, log] = [path.join(folder, 'uv'), path.join(folder, 'given')];
  writeFileSync(
    file,
    `#!/bin/sh\nprintf '%s\\n' "$@" >> '${log}'\necho "INDEX=$UV_DEFAULT_INDEX" >> '${log}'\n${work}\n`,
  );
  chmodSync(file, 0o755);
  vi.stubEnv('PATH', `${folder}${path.delimiter}${process.env.PATH}`);
  return { given: () => readFileSync(log, 'utf8') };
};

/** What uv does with these arguments, done by pip. */
export const throughPip = (exec: string): string => `
while [ $# -gt 0 ]; do case "$1" in --target) target=$2;; -r) list=$2;; esac; shift; done
exec '${exec}' -I -m pip install -q --no-deps --require-hashes --no-compile --target "$target" -r "$list"`;
