import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const modules = path.resolve(import.meta.dirname, '../../../node_modules');

const foldersIn = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => path.join(dir, entry.name));

const addonsIn = (dir: string): string[] =>
  existsSync(dir)
    ? readdirSync(dir)
        .filter(name => name.endsWith('.node'))
        .map(name => path.join(dir, name))
    : [];

const loads = (addon: string): boolean =>
  spawnSync(process.execPath, ['-e', 'process.dlopen({ exports: {} }, process.argv[1])', addon], {
    stdio: 'ignore',
  }).status === 0;

/** A compiled module that this Node can load, the smallest of those that came with our own dependencies; null: there is none. */
export const realAddon = (): string | null => {
  const packages = foldersIn(modules).flatMap(dir =>
    path.basename(dir).startsWith('@') ? foldersIn(dir) : [dir],
  );
  const bySize = packages.flatMap(addonsIn).sort((a, b) => statSync(a).size - statSync(b).size);
  return bySize.find(loads) ?? null;
};
