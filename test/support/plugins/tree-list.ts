import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pluginRecordName } from '#src/plugins/place.js';
import { treeListName } from '#src/store/layout.js';
import { serializeTreeList, treeDigest } from '#src/store/tree-list.js';

/** Lists what is in the tree of a plugin as an installation does; gives back the digest of the list. */
export const writeTreeList = (tree: string, name: string, stamp: string): string => {
  const files = readdirSync(tree, { recursive: true, encoding: 'utf8' })
    .filter(file => lstatSync(path.join(tree, file)).isFile())
    .map(file => {
      const { size, mode, mtimeMs } = lstatSync(path.join(tree, file));
      const sha256 = createHash('sha256')
        .update(readFileSync(path.join(tree, file)))
        .digest('hex');
      const place = file.split(path.sep).join('/');
      return { path: place, size, mode: mode & 0o777, mtimeMs: Math.trunc(mtimeMs), sha256 };
    });
  const about = { name, version: stamp, integrity: 'sha512-x', entry: pluginRecordName };
  const text = serializeTreeList({ schema: 1, ...about, natives: [], files });
  writeFileSync(path.join(tree, treeListName), text);
  return treeDigest(text);
};
