import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { nodeFileSystem } from '#src/store/file-system.js';
import { checkTree } from '#src/store/tree-check.js';
import { makePackage, type PackageSource } from '#src/testing/packages.js';
import type { LoopbackRegistry } from '#src/testing/registry.js';
import { temporaryFolder } from '../folder.ts';
import { registryForTest } from '../loopback.ts';
import { soundStates, wireBytes } from './fuse-wire.ts';

export const runtime = (version: string, manifest: object = {}): PackageSource => ({
  name: 'my-runtime',
  version,
  manifest: { bin: 'cli.js', ...manifest },
  files: { 'cli.js': `console.log('${version}', process.argv[2] ?? '');\n` },
});

export type BuildWorld = {
  readonly registry: LoopbackRegistry;
  /** The app's project: `package.json`, `node_modules`. */
  readonly project: string;
  /** Where the builder puts apps. */
  readonly out: string;
  /** What was reported. */
  readonly lines: string[];
  readonly options: {
    readonly package: string;
    readonly registry: string;
    readonly report: (line: string) => void;
  };
};

export const buildWorld = async (): Promise<BuildWorld> => {
  const registry = await registryForTest();
  const project = temporaryFolder('project');
  const out = path.join(project, 'out');
  const lines: string[] = [];
  mkdirSync(out);
  put(path.join(project, 'package.json'), '{"name":"my-app","version":"2.3.4","productName":"My App"}');
  registry.publish(makePackage(runtime('1.1.0')));
  const report = (line: string) => void lines.push(line);
  return {
    registry,
    project,
    out,
    lines,
    options: { package: 'my-runtime', registry: registry.url, report },
  };
};

export const put = (place: string, bytes: Buffer | string): void => {
  mkdirSync(path.dirname(place), { recursive: true });
  writeFileSync(place, bytes);
};

/** A native dependency of which `bytes` is the compiled file. */
export const putNative = (folder: string, name: string, bytes: Buffer): void => {
  const dir = path.join(folder, 'node_modules', ...name.split('/'));
  put(path.join(dir, 'package.json'), JSON.stringify({ name, version: '1.0.0' }));
  put(path.join(dir, 'build', 'Release', 'addon.node'), bytes);
};

/**
 * An executable that runs as Node where it may, as an Electron does, and carries a fuse wire. The shell has gone over to Node
 * before it would read the wire.
 */
export const putExecutable = (place: string, states = soundStates): void => {
  put(
    place,
    Buffer.concat([Buffer.from(`#!/bin/sh\nexec '${process.execPath}' "$@"\nexit\n`), wireBytes({ states })]),
  );
  chmodSync(place, 0o755);
};

/** Every file below a folder with its size: what must be the same where nothing may have changed. */
export const filesOf = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(name => `${name} ${statSync(path.join(folder, name)).size}`)
    .sort();

export const isWhole = async (dir: string): Promise<boolean> =>
  (await checkTree(nodeFileSystem, dir, { expectedTree: null, depth: 'full' })).ok;
