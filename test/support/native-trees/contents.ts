import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { stampName } from '#src/natives/tree-place.js';
import { type Layout, treeListName } from '#src/store/layout.js';
import { makePackage, type PackageSource } from '#src/testing/index.js';
import { packageFiles } from '#src/testing/packages.js';

export const nativeName = 'fast-part';

/** Few and small: every operation on a file is one more crash. */
const source: PackageSource = {
  name: nativeName,
  version: '2.1.0',
  files: {
    'index.js': 'module.exports = require("./build/fast.node");\n',
    'build/fast.node': 'machine code',
    'bin/helper': { content: '#!/bin/sh\n', mode: 0o755 },
  },
};

export const packed = makePackage(source);

/** From the publisher, not from our own list. */
export const wantedFiles = (): Map<string, Buffer> =>
  new Map(packageFiles(source).map(file => [`node_modules/${nativeName}/${file.path}`, file.content]));

/** The first difference between a tree and what was published; null if there is none. */
export const differenceOf = (layout: Layout, stamp: string): string | null => {
  const dir = layout.version(stamp);
  if (!existsSync(dir)) return 'there is no tree';
  const wanted = wantedFiles();
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
    const place = path.join(dir, name);
    const relative = name.replaceAll(path.sep, '/');
    if (lstatSync(place).isDirectory() || [treeListName, stampName].includes(relative)) continue;
    const bytes = wanted.get(relative);
    if (bytes === undefined) return `${relative} was never published`;
    if (!readFileSync(place).equals(bytes)) return `${relative} has other bytes`;
    wanted.delete(relative);
  }
  const [missing] = wanted.keys();
  return missing === undefined ? null : `${missing} is missing`;
};
