import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { NativeDependency } from '#src/natives/dependency.js';
import { crossFile } from './cross-files.ts';

/** A package in a folder like `node_modules`, with real files for these systems in the places of prebuildify. */
export const packageIn = (modules: string, name: string, ...systems: readonly string[]): string => {
  const dir = path.join(modules, name);
  mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(dir, 'package.json'), JSON.stringify({ name }));
  for (const system of systems) {
    const [platform = '', arch = '', libc] = system.split('-');
    const folder = path.join(dir, 'prebuilds', `${platform}-${arch}`);
    mkdirSync(folder, { recursive: true });
    cpSync(crossFile(system), path.join(folder, `${name}.${libc === 'musl' ? 'musl' : 'glibc'}.node`));
  }
  return dir;
};

/** A package that has its compiled files in packages for one platform each, as napi-rs makes them. */
export const packageOfPlatforms = (modules: string, name: string, ...needs: readonly string[]): string => {
  const dir = packageIn(modules, name);
  const optionalDependencies = Object.fromEntries(needs.map(need => [need, '1.0.0']));
  writeFileSync(path.join(dir, 'package.json'), JSON.stringify({ name, optionalDependencies }));
  return dir;
};

/** `<name>-linux-<arch>-gnu`, with a real file. */
export const platformPackageIn = (modules: string, name: string, arch: 'x64' | 'arm64'): string => {
  const own = `${name}-linux-${arch}-gnu`;
  const dir = packageIn(modules, own);
  const manifest = { name: own, os: ['linux'], cpu: [arch], libc: ['glibc'] };
  writeFileSync(path.join(dir, 'package.json'), JSON.stringify(manifest));
  cpSync(crossFile(`linux-${arch}-gnu`), path.join(dir, `${name}.node`));
  return dir;
};

export const native = (name: string, facts: Partial<NativeDependency> = {}): NativeDependency => ({
  name,
  dir: null,
  module: name,
  pins: [],
  build: false,
  optional: false,
  ...facts,
});
