import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { makeWorkFolder, replaceFolder } from '#src/bundle/place.js';
import { type FileSystem, nodeFileSystem } from '#src/store/file-system.js';
import { temporary } from '../cli/command-line.ts';

test('a bundle that can not be put into its place leaves the former one there', async () => {
  const folder = temporary('place');
  const dir = path.join(folder, 'runtime');
  mkdirSync(dir);
  writeFileSync(path.join(dir, 'former.txt'), '');
  const work = await makeWorkFolder(nodeFileSystem, dir);
  const tree = path.join(work, 'tree');
  mkdirSync(tree);
  const rename = (from: string, to: string) =>
    from === tree ? Promise.reject(new Error('in use')) : nodeFileSystem.promises.rename(from, to);
  const fs = { ...nodeFileSystem, promises: { ...nodeFileSystem.promises, rename } } as FileSystem;
  await expect(replaceFolder(fs, tree, dir, work)).rejects.toThrow('in use');
  expect(readdirSync(dir)).toEqual(['former.txt']);
  await replaceFolder(nodeFileSystem, tree, dir, work);
  expect(readdirSync(dir)).toEqual([]);
  rmSync(folder, { recursive: true });
});
