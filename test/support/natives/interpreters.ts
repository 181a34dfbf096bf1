import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';

export type Interpreter = { readonly exec: string; readonly version: string };

/** Folders of a version manager's interpreters, where there is one. */
const managed = (): string[] => {
  try {
    const root = execFileSync('pyenv', ['root'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return readdirSync(path.join(root, 'versions')).map(name => path.join(root, 'versions', name, 'bin'));
  } catch {
    return [];
  }
};

const onPath = (): string[] => (process.env.PATH ?? '').split(path.delimiter).filter(existsSync);

const canRun = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Asked in another way than the probe asks: by its version line, which even the oldest has. Null for a shim of a missing one. */
const versionOf = (exec: string): string | null => {
  try {
    const said = execFileSync(exec, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    return /^Python (\S+)/.exec(said)?.[1] ?? null;
  } catch {
    return null;
  }
};

/** Every CPython 3 that can be found: on PATH and in the folders of a version manager; shims are left out. */
export const interpreters = (): readonly Interpreter[] => {
  const found = new Map<string, Interpreter>();
  for (const folder of [...managed(), ...onPath()]) {
    for (const name of readdirSync(folder).filter(entry => /^python3(?:\.\d+)?$/.test(entry))) {
      const exec = path.join(folder, name);
      if (!canRun(exec) || path.basename(folder) === 'shims') continue;
      const real = realpathSync(exec);
      const version = found.has(real) ? null : versionOf(exec);
      if (version !== null) found.set(real, { exec, version });
    }
  }
  return [...found.values()];
};

/** The shims of a version manager that lead to some interpreter. */
export const shims = (): readonly string[] =>
  onPath()
    .filter(folder => path.basename(folder) === 'shims')
    .map(folder => path.join(folder, 'python3'))
    .filter(file => existsSync(file) && versionOf(file) !== null);
