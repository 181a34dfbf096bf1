import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { recordTrusted } from '#src/store/health.js';
import { treeListName } from '#src/store/layout.js';
import {
  type LoopbackRegistry,
  makePackage,
  type PackageSource,
  runtimePackage,
} from '#src/testing/index.js';
import { packageFiles } from '#src/testing/packages.js';
import { type AppWorld, app, fs, newWorld, stage } from '../app-world.ts';
import { lockName, lockOfPackages } from '../locked.ts';
import { cleanEnvironment } from './victim.ts';

const native = 'native-part';

const nativeFiles: PackageSource['files'] = {
  [`node_modules/${native}/package.json`]: `{"name":"${native}","version":"1.0.0"}\n`,
  [`node_modules/${native}/build/addon.node`]: Buffer.alloc(20_000, 'machine code'),
};

/** Several folders, and a file of some pages: enough for each step of staging to take a while. */
const ownFiles = (version: string): PackageSource['files'] => ({
  'lib/deep/module.js': `export const version = ${JSON.stringify(version)};\n`,
  'lib/deep/er/data.bin': Buffer.alloc(150_000, version),
  'assets/list.txt': `of ${version}\n`.repeat(50),
});

const published = (version: string): PackageSource =>
  runtimePackage({ name: app, version, files: ownFiles(version) });

/** What lies in the folder of a version: what was published, and the native part of the bundle. */
const contents = (version: string): PackageSource['files'] => ({ ...ownFiles(version), ...nativeFiles });

export const publish = (registry: LoopbackRegistry, version: string): void =>
  registry.publish(makePackage(published(version)));

/** A store with a bundled 1.0.0 and a trusted 1.1.0 that is pointed to; the registry is told of nothing newer yet. */
export const preparedWorld = async (registry: LoopbackRegistry): Promise<AppWorld> => {
  const world = newWorld({ files: contents('1.0.0') });
  const tree = await stage(world, '1.1.0', { files: contents('1.1.0') });
  await recordTrusted(fs, world.layout, { version: '1.1.0', tree });
  const given = { registry: registry.url, natives: [{ name: native }], env: cleanEnvironment() };
  return { ...world, options: { ...world.options, ...given } };
};

/** 1.1.0 was staged before there were locks. */
const lockedFiles = (version: string): PackageSource['files'] =>
  version === '1.1.0'
    ? {}
    : {
        [lockName]: lockOfPackages(
          { name: app, version, place: '.' },
          { name: native, version: '1.0.0', place: `node_modules/${native}` },
        ),
      };

/** The first difference between the folder of a version and what was published, null if there is none. */
export const differenceOf = ({ layout }: AppWorld, version: string): string | null => {
  const dir = layout.version(version);
  const files = { ...contents(version), ...lockedFiles(version) };
  const wanted = packageFiles(runtimePackage({ name: app, version, files }));
  for (const file of wanted) {
    const found = fs.existsSync(path.join(dir, file.path)) ? readFileSync(path.join(dir, file.path)) : null;
    if (found === null) return `${file.path} is missing`;
    if (!found.equals(file.content)) return `${file.path} has other bytes`;
  }
  const known = new Set([...wanted.map(file => file.path), treeListName]);
  const found = readdirSync(dir, { recursive: true, withFileTypes: true }).filter(
    entry => !entry.isDirectory(),
  );
  const extra = found.map(entry => path.relative(dir, path.join(entry.parentPath, entry.name)));
  const unknown = extra.find(name => !known.has(name.replaceAll(path.sep, '/')));
  return unknown === undefined ? null : `${unknown} was never published`;
};
