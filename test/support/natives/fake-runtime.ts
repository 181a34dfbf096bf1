import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../folder.ts';

export type FakeRuntime = {
  readonly exec: string;
  /** How often it was started, and with which arguments the last time. */
  starts(): number;
  arguments(): string;
};

/** A script that counts how often it is started and then does what it is told, in sh. */
export const fakeRuntime = (name: string, work: string): FakeRuntime => {
  const folder = temporaryFolder();
  const exec = path.join(folder, name);
  const [log, given] = [path.join(folder, 'log'), path.join(folder, 'given')];
  writeFileSync(log, '');
  const script = `#!/bin/sh\nprintf x >> '${log}'\nprintf '%s ' "$ELECTRON_RUN_AS_NODE" "$@" > '${given}'\n${work}\n`;
  writeFileSync(exec, script);
  chmodSync(exec, 0o755);
  return {
    exec,
    starts: () => readFileSync(log, 'utf8').length,
    arguments: () => readFileSync(given, 'utf8'),
  };
};

/** Prints an answer that says that it comes from this very file; another path in `executable` makes it a shim. */
export const saying = (answer: object): string => {
  const { executable = '$0', ...rest }: { executable?: unknown } = { ...answer };
  const json = JSON.stringify({ executable: '@', ...rest }).replace('"@"', '"%s"');
  return `printf '${json.replaceAll("'", "'\\''")}\\n' "${String(executable)}"`;
};

/** What an Electron on a Mac says. */
export const electronAnswer = {
  platform: 'darwin',
  arch: 'arm64',
  libc: null,
  node: '22.21.1',
  modules: '136',
  electron: '37.10.3',
  napi: '10',
  uv: '1.51.0',
  armv: null,
};

/** What a CPython on 64-bit Windows says. */
export const pythonAnswer = {
  platform: 'win32',
  machine: 'AMD64',
  wide: true,
  libc: null,
  implementation: 'cpython',
  version: '3.13.1',
  cacheTag: 'cpython-313',
  suffixes: ['.cp313t-win_amd64.pyd', '.pyd'],
};
