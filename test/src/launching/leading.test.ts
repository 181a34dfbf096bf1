import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../support/folder.ts';

const preload = path.resolve(import.meta.dirname, '../../../dist/src/child/natives.cjs');

const write = (file: string, text: string): void => {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
};

const writePackage = (dir: string, version: string, mark: string): void => {
  write(path.join(dir, 'package.json'), JSON.stringify({ version, name: path.basename(dir) }));
  write(path.join(dir, 'index.js'), `module.exports = ${JSON.stringify(mark)};`);
  write(
    path.join(dir, 'lib/x.mjs'),
    `export default ${JSON.stringify(mark)} + new URL(import.meta.url).search;`,
  );
};

/** A runtime whose dependencies have nested copies, and the copy of `pkg` that fits. */
const newWorld = (program: string) => {
  const folder = temporaryFolder();
  const inRuntime = path.join(folder, 'runtime/node_modules');
  const fit = path.join(folder, 'bundle/node_modules/pkg');
  writePackage(fit, '2.0.0', 'led');
  writePackage(path.join(inRuntime, 'pkg'), '2.0.0', 'own');
  for (const [name, version] of [
    ['other', '1.0.0'],
    ['same', '2.0.0'],
  ] as const) {
    const dir = path.join(inRuntime, name);
    writePackage(dir, '1.0.0', name);
    write(path.join(dir, 'index.js'), 'module.exports = require("pkg");');
    write(path.join(dir, 'index.mjs'), 'export { default } from "pkg/lib/x.mjs";');
    writePackage(path.join(dir, 'node_modules/pkg'), version, `nested in ${name}`);
  }
  const entry = path.join(folder, 'runtime/main.mjs');
  write(
    entry,
    `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);\n${program}`,
  );
  const env = { STAGEDOOR_NATIVE_DIRS: JSON.stringify({ pkg: fit }), STAGEDOOR_ENTRY: entry };
  return JSON.parse(
    execFileSync(process.execPath, ['--require', preload, entry], { env, encoding: 'utf8' }),
  ) as unknown;
};

test('N-08: a dependency with another version of its own keeps it; one with the same version is led', () => {
  const said = newWorld(`console.log(JSON.stringify({
    top: require('pkg'), other: require('other'), same: require('same'),
    otherImports: (await import('other/index.mjs')).default, sameImports: (await import('same/index.mjs')).default,
  }));`);
  expect(said).toEqual({
    top: 'led',
    other: 'nested in other',
    same: 'led',
    otherImports: 'nested in other',
    sameImports: 'led',
  });
});

test('N-08: an import with a query or a fragment goes to the same file, and keeps it', () => {
  const said = newWorld(`console.log(JSON.stringify([
    (await import('pkg/lib/x.mjs?v=1')).default, (await import('pkg/lib/x.mjs#part')).default,
  ]));`);
  expect(said).toEqual(['led?v=1', 'led']);
});
