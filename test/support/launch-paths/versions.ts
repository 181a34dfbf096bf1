import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { serializeTreeList } from '#src/store/tree-list.js';
import { packageFiles } from '#src/testing/packages.js';
import { program } from './program.ts';

export const packageName = 'app-runtime';
/** As the samples of the charts have it. */
export const staged = ['3.0.0', '2.0.0'] as const;
export const bundledVersion = '1.0.0';
const writtenAt = 1_700_000_000;

export const sha256 = (content: string | Buffer): string =>
  createHash('sha256').update(content).digest('hex');

/** A version as its publisher has it. */
export const sourceOf = (version: string) => ({
  name: packageName,
  version,
  manifest: { type: 'module', bin: 'cli.js' },
  files: { 'cli.js': program(version), 'lib/data.txt': `data of ${version}\n` },
});

/** What was staged, for ever: the bytes that a child of a version runs. */
export const bytesOf = (version: string): ReadonlyMap<string, string> =>
  new Map(packageFiles(sourceOf(version)).map(({ path: file, content }) => [file, sha256(content)]));

/** The tree list of a staged version. */
export const listOf = (version: string): string =>
  serializeTreeList({
    schema: 1,
    name: packageName,
    version,
    integrity: `sha512-${version}`,
    entry: 'cli.js',
    natives: [],
    files: packageFiles(sourceOf(version)).map(({ path: file, content, mode }) => ({
      path: file,
      size: content.length,
      mode,
      sha256: sha256(content),
      mtimeMs: writtenAt * 1000,
    })),
  });

/** Lays a version out. */
export const write = (dir: string, version: string): void => {
  rmSync(dir, { recursive: true, force: true });
  for (const { path: file, content, mode } of packageFiles(sourceOf(version))) {
    const place = path.join(dir, file);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, content, { mode });
    utimesSync(place, writtenAt, writtenAt);
  }
};

/** The files of a folder that differ from what was staged as this version. */
export const differences = (dir: string, version: string): string[] =>
  [...bytesOf(version)]
    .filter(([file, hash]) => {
      const place = path.join(dir, file);
      return !existsSync(place) || sha256(readFileSync(place)) !== hash;
    })
    .map(([file]) => file);
