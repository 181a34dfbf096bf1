import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { markBad } from '#src/store/bad-versions.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import { recordTrusted } from '#src/store/health.js';
import { type Layout, storeLayout } from '#src/store/layout.js';
import { commitPointer } from '#src/store/pointer.js';
import { serializeTreeList, type TreeEntry, treeDigest } from '#src/store/tree-list.js';
import { runtimePackage, writeRuntime } from '#src/testing/index.js';
import { packageFiles } from '#src/testing/packages.js';

export type StockedStore = {
  readonly name: string;
  readonly store: string;
  readonly bundled: string;
  readonly current: string;
  readonly tree: string;
};

const name = 'stocked';
const native = 'native-dep';
const nativeBytes = 1_000_000;

const contents = (version: string, count: number): Readonly<Record<string, string | Buffer>> =>
  Object.fromEntries([
    ...Array.from({ length: count }, (_, index) => {
      const text = `export const file${index} = ${JSON.stringify(version.repeat(20 + (index % 200)))};\n`;
      return [`lib/${index % 97}/file-${index}.js`, text] as const;
    }),
    [`node_modules/${native}/package.json`, JSON.stringify({ name: native, version: '1.0.0' })],
    [`node_modules/${native}/build/${native}.node`, Buffer.alloc(nativeBytes, version)],
  ]);

const entryOf = (dir: string, relative: string, content: string | Buffer): TreeEntry => {
  const { size, mode, mtimeMs } = statSync(path.join(dir, relative));
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { path: relative, size, mode: mode & 0o777, sha256, mtimeMs };
};

/** Lays one version out as staging would leave it; gives back the digest of its tree list. */
const layOut = (layout: Layout, version: string, count: number): string => {
  const dir = layout.version(version);
  const source = runtimePackage({ name, version, files: contents(version, count) });
  mkdirSync(dir, { recursive: true });
  writeRuntime(dir, source);
  chmodSync(path.join(dir, 'cli.js'), 0o755);
  const files = packageFiles(source).map(file => entryOf(dir, file.path, file.content));
  const list = {
    schema: 1,
    name,
    version,
    integrity: null,
    entry: 'cli.js',
    natives: [native],
    files,
  } as const;
  const text = serializeTreeList(list);
  writeFileSync(layout.treeList(version), text);
  return treeDigest(text);
};

/** A store as a long life leaves it: several versions, two of them trusted, one marked bad, a pointer to the newest. */
export const stockStore = async (folder: string, versions: number, count: number): Promise<StockedStore> => {
  const fs = nodeFileSystem;
  const store = path.join(folder, 'store');
  const layout = storeLayout(store);
  const names = Array.from({ length: versions }, (_, index) => `1.0.${index + 1}`);
  const digests = new Map(names.map(version => [version, layOut(layout, version, count)]));
  const bundled = path.join(folder, 'bundled');
  writeRuntime(bundled, runtimePackage({ name, version: '1.0.0' }));
  const [current = '', previous = '', bad = ''] = names.toReversed();
  const tree = digests.get(current) ?? '';
  for (const version of [previous, current]) {
    await recordTrusted(fs, layout, { version, tree: digests.get(version) ?? null });
  }
  const circumstances = { integrity: null, abi: 'unknown', shellVersion: '0.0.0' };
  const mark = { version: bad, cause: 'LAUNCH_EXITED_EARLY', reason: 'it died', weight: 'bad' } as const;
  await markBad(fs, layout, { ...mark, ...circumstances }, new Date());
  await commitPointer(fs, layout, { version: current, tree });
  return { name, store, bundled, current, tree };
};
