import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { serializeLock } from '#src/core-lock/lock-file.js';
import { lockOf } from '#src/core-lock/locking.js';
import { coreLockName } from '#src/core-lock/place.js';
import { readPythonTree } from '#src/core-lock/python-tree.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import { temporaryFolder } from '../folder.ts';

const start = fileURLToPath(new URL('../../../src/child/python', import.meta.url));

export type Files = Readonly<Record<string, string>>;

export const fill = (dir: string, files: Files): string => {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(dir, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return dir;
};

/** The metadata of a distribution and the record of its files. */
export const distribution = (name: string, version: string, files: Files): Files => {
  const info = `${name}-${version}.dist-info`;
  return {
    ...files,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    [`${info}/RECORD`]: Object.keys(files)
      .map(file => `${file},,\n`)
      .join(''),
  };
};

/** Files of a `site-packages`, each with a line that says where it is. */
export const saying = (place: string, ...names: readonly string[]): Files =>
  Object.fromEntries(names.map(name => [name, `place = ${JSON.stringify(place)}\n`]));

/** A runtime with a lock, and folders beside it. */
export const lockedRuntime = (site: Files) => {
  const folder = temporaryFolder();
  const runtime = path.join(folder, 'runtime');
  fill(path.join(runtime, 'site-packages'), site);
  const { lock } = lockOf(nodeFileSystem, { dir: runtime, metafile: null }, readPythonTree);
  const file = path.join(runtime, coreLockName);
  writeFileSync(file, serializeLock(lock));
  return { folder, runtime, site: path.join(runtime, 'site-packages'), lock: file };
};

export type Guarded = {
  readonly exec: string;
  readonly lock: string;
  /** As a user's `PYTHONPATH`, behind our own folder. */
  readonly path?: readonly string[];
  readonly plugins?: Readonly<Record<string, string>> | string;
  readonly env?: Readonly<Record<string, string>>;
};

/** Runs a program as the launcher would; what it prints is JSON. */
export const runGuarded = (
  { exec, lock, path: places = [], plugins, env = {} }: Guarded,
  program: string,
): { readonly said: unknown; readonly stderr: string } => {
  const given = typeof plugins === 'object' ? JSON.stringify({ npm: {}, python: plugins }) : plugins;
  const { status, stdout, stderr } = spawnSync(exec, ['-B', '-c', program], {
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      PYTHONPATH: [start, ...places].join(path.delimiter),
      STAGEDOOR_CORE_LOCK: '1',
      STAGEDOOR_CORE_LOCK_PATH: lock,
      ...(given === undefined ? {} : { STAGEDOOR_PLUGINS: given }),
      ...env,
    },
  });
  if (status !== 0) throw new Error(`it ended with ${status}: ${stderr}`);
  return { said: JSON.parse(stdout), stderr };
};

/** Where a name of the standard library lies, as the interpreter itself says without us. */
export const standardPlace = (exec: string, module: string): string =>
  execFileSync(exec, ['-I', '-c', `import ${module}; print(${module}.__file__)`], {
    encoding: 'utf8',
  }).trim();
