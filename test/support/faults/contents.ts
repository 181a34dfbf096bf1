import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Layout, treeListName } from '#src/store/layout.js';
import { makePackage, type PackageSource, type PackedPackage } from '#src/testing/index.js';
import { packageFiles } from '#src/testing/packages.js';
import { lockName, lockOfPackages } from '../locked.ts';

export const packageName = 'app-runtime';
export const nativeName = 'native-part';

/** Few and small: every operation on a file is one more crash. */
const sourceOf = (version: string): PackageSource => ({
  name: packageName,
  version,
  files: {
    'cli.js': { content: `console.log(${JSON.stringify(version)});\n`, mode: 0o755 },
    'lib/module.js': `export const version = ${JSON.stringify(version)};\n`,
  },
  manifest: { bin: 'cli.js' },
});

export const packed = (version: string): PackedPackage => makePackage(sourceOf(version));

/** What the bundle brings along for each version, by its path in the native package. */
export const nativeFiles: Readonly<Record<string, string>> = {
  'package.json': `{"name":"${nativeName}","version":"1.0.0"}\n`,
  'addon.node': 'machine code',
};

/** Every file that the folder of a version must have, with its bytes: from the publisher, not from our own list. */
const wantedFiles = (version: string): Map<string, Buffer> => {
  const own = packageFiles(sourceOf(version)).map(file => [file.path, file.content] as const);
  const natives = Object.entries(nativeFiles).map(
    ([name, text]) => [`node_modules/${nativeName}/${name}`, Buffer.from(text)] as const,
  );
  const lock = lockOfPackages(
    { name: packageName, version, place: '.' },
    { name: nativeName, version: '1.0.0', place: `node_modules/${nativeName}` },
  );
  return new Map([...own, ...natives, [lockName, Buffer.from(lock)]]);
};

/** The first difference between a folder and what was published as that version; null if there is none. */
export const differenceOf = (layout: Layout, version: string): string | null => {
  const dir = layout.version(version);
  if (!existsSync(dir)) return 'there is no folder';
  const wanted = wantedFiles(version);
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
    const place = path.join(dir, name);
    const relative = name.replaceAll(path.sep, '/');
    if (lstatSync(place).isDirectory() || relative === treeListName) continue;
    const bytes = wanted.get(relative);
    if (bytes === undefined) return `${relative} was never published`;
    if (!readFileSync(place).equals(bytes)) return `${relative} has other bytes`;
    wanted.delete(relative);
  }
  const [missing] = wanted.keys();
  return missing === undefined ? null : `${missing} is missing`;
};
