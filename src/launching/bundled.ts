import path from 'node:path';
import semverValid from 'semver/functions/valid.js';
import { entryFile } from '../store/entry.ts';
import type { FileSystem } from '../store/file-system.ts';
import { asRecord, asText, readValue } from '../store/json-shape.ts';

/** The runtime inside the shell. */
export type Bundled = { readonly dir: string; readonly version: string; readonly entry: string };

export type BundledState =
  | { readonly kind: 'valid'; readonly bundled: Bundled }
  | { readonly kind: 'none' }
  | { readonly kind: 'invalid'; readonly reason: string };

const declaredVersion = (fs: FileSystem, dir: string): string | null => {
  // A bundle that can't be read has no version of its own; what that means is decided below.
  const version = asText(asRecord(readValue(fs, path.join(dir, 'package.json')))?.version);
  return version === null ? null : semverValid(version);
};

/**
 * Looks at the bundled runtime, freshly each time because a shell may move (P-16). Its version is that of its own
 * `package.json`, else the shell's (C-05). Never throws: the launch goes on without it.
 */
export const readBundled = (
  fs: FileSystem,
  dir: string | null,
  options: { readonly entry: string | undefined; readonly shellVersion: string | undefined },
): BundledState => {
  if (dir === null) return { kind: 'none' };
  const entry = entryFile(fs, dir, options.entry);
  if (entry === null) return { kind: 'invalid', reason: `no entry in the bundled folder ${dir}` };
  const version = declaredVersion(fs, dir) ?? semverValid(options.shellVersion ?? null);
  if (version === null)
    return { kind: 'invalid', reason: `no valid version in ${path.join(dir, 'package.json')}` };
  return { kind: 'valid', bundled: { dir, version, entry } };
};
