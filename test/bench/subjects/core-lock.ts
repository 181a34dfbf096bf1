import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { writeLock } from '#src/core-lock/lock-file.js';
import { lockOf } from '#src/core-lock/locking.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import type { CoreLockInput } from '../rows/core-lock.ts';
import { subject } from './subject.ts';

const manifestsBelow = (root: string): readonly string[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter(file => path.basename(file) === 'package.json')
    .map(file => path.join(root, file));

const readPlainly = (files: readonly string[]): number =>
  files.map(file => Object(JSON.parse(readFileSync(file, 'utf8'))).version).length;

/** The whole of `stagedoor lock write`, or as a yardstick its manifests alone, whose names are told. */
await subject(async ({ root, out, plain }: CoreLockInput) => {
  const files = plain ? manifestsBelow(root) : [];
  const begun = performance.now();
  if (plain) readPlainly(files);
  else
    await writeLock(
      nodeFileSystem,
      out,
      lockOf(nodeFileSystem, { dir: root, metafile: null }, () => []).lock,
    );
  return { ms: performance.now() - begun };
});
