import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../../support/folder.ts';

export type Files = Readonly<Record<string, string | object>>;

/** Writes files below a folder; what is no text is written as JSON. */
export const writeFiles = (root: string, files: Files): void => {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
};

/** A folder with packages: place → manifest, each with an `index.js`. */
export const packageTree = (manifests: Readonly<Record<string, object>>, files: Files = {}): string => {
  const root = temporaryFolder('lock');
  for (const [place, manifest] of Object.entries(manifests))
    writeFiles(path.join(root, place), { 'package.json': manifest, 'index.js': '' });
  writeFiles(root, files);
  return root;
};
