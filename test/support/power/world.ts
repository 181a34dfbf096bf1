import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CheckResult, ScratchInput } from '#machines/contract.js';
import { createLaunchEffects, type LaunchEffects } from '#src/launching/effects.js';
import { type LaunchSetup, launchSetup } from '#src/launching/setup.js';
import { type StagingEffects, stagingInProcess } from '#src/staging/effects.js';
import { defaultLimits } from '#src/staging/limits.js';
import { markBad } from '#src/store/bad-versions.js';
import { type FileSystem, nodeFileSystem } from '#src/store/file-system.js';
import { recordTrusted } from '#src/store/health.js';
import { type Layout, storeLayout } from '#src/store/layout.js';
import { type LoopbackRegistry, makePackage, writeRuntime } from '#src/testing/index.js';
import { packageFiles } from '#src/testing/packages.js';
import { temporaryFolder } from '../folder.ts';
import { lockName, lockOfPackages } from '../locked.ts';
import { registryForTest } from '../loopback.ts';
import type { Place } from './operation.ts';

/** The files that a version must have, byte for byte, by path. */
export type Expected = ReadonlyMap<Place, { readonly content: Buffer; readonly mode: number }>;

export type PowerWorld = {
  /** What is recorded lies below. */
  readonly base: string;
  readonly layout: Layout;
  readonly registry: LoopbackRegistry;
  readonly setup: (fs: FileSystem) => LaunchSetup;
  readonly launching: (fs: FileSystem) => LaunchEffects;
  readonly staging: (fs: FileSystem) => StagingEffects;
  /** Checks and stages the newest version in the order of the update chart; false if that has been done. */
  readonly stage: (fs: FileSystem) => Promise<boolean>;
  readonly publish: (version: string) => void;
};

const packageName = 'app-runtime';
const native = 'native-dep';
export const storePlace = 'data/runtime-store';
/** What no start depends on: documents that can be asked for again. */
export const leftOut: readonly Place[] = [`${storePlace}/cache`];

const nativeFiles = {
  'package.json': `{"name":"${native}","version":"2.0.0"}\n`,
  'build/addon.node': 'machine code of the add-on\n',
};

const sourceOf = (version: string) => ({
  name: packageName,
  version,
  manifest: { bin: 'cli.js' },
  files: {
    'cli.js': `console.log(${JSON.stringify(version)});\n`,
    'lib/deep/module.js': `export const version = ${JSON.stringify(version)};\n`,
    'data.bin': Buffer.from(`some data of ${version} `.repeat(4)),
    'bin/helper': { content: `#!/bin/sh\necho ${version}\n`, mode: 0o755 },
  },
});

const lockFor = (version: string): string =>
  lockOfPackages(
    { name: packageName, version, place: '.' },
    { name: native, version: '2.0.0', place: `node_modules/${native}` },
  );

/** From the packages themselves, not from what our code wrote down about them; what `bin` names is executable. */
export const expectedOf = (version: string): Expected =>
  new Map([
    ...packageFiles(sourceOf(version)).map(
      ({ path: place, content, mode }) =>
        [place, { content, mode: place === 'cli.js' ? 0o755 : mode }] as const,
    ),
    ...Object.entries(nativeFiles).map(
      ([place, text]) =>
        [`node_modules/${native}/${place}`, { content: Buffer.from(text), mode: 0o644 }] as const,
    ),
    [lockName, { content: Buffer.from(lockFor(version)), mode: 0o644 }],
  ]);

const silent = (): void => undefined;
const never = new AbortController().signal;

const finish = async (effects: StagingEffects, offer: CheckResult): Promise<void> => {
  if (offer.kind !== 'available' && offer.kind !== 'adoptable') throw new Error(`no offer: ${offer.kind}`);
  const input: ScratchInput = { release: offer.release, scratch: offer.scratch };
  const tree = async (): Promise<string> => {
    // As the chart does: a finished folder that is damaged is downloaded anew.
    const adopted = offer.kind === 'adoptable' ? await effects.adopt(input, never).catch(() => null) : null;
    if (adopted !== null) return adopted.tree;
    await effects.download(input, never, silent);
    await effects.extract(input, never, silent);
    await effects.stageNatives(input, never, silent);
    return (await effects.verify(input, never, silent)).tree;
  };
  const output = await effects.commit({ ...input, tree: await tree() }, never);
  if (output.kind === 'overtaken') throw new Error(`overtaken by ${output.by}`);
};

/** A registry, a bundled 1.0.0, and no store yet. */
export const emptyWorld = async (): Promise<PowerWorld> => {
  const world = worldAt(temporaryFolder('stagedoor-power'), await registryForTest());
  const bundled = path.join(world.base, 'bundled');
  writeRuntime(bundled, sourceOf('1.0.0'));
  for (const [place, text] of Object.entries(nativeFiles))
    put(path.join(bundled, 'node_modules', native, place), text);
  return world;
};

/** What lies in a folder already: the same programs over another copy of a store. */
export const worldAt = (base: string, registry: LoopbackRegistry): PowerWorld => {
  const bundled = path.join(base, 'bundled');
  const nativeDir = path.join(bundled, 'node_modules', native);
  const layout = storeLayout(path.join(base, storePlace));
  const app = { package: packageName, bundled, store: layout.root, probe: 'ipc', shellVersion: '1.0.0' };
  const setup = (fs: FileSystem): LaunchSetup => launchSetup(app, fs);
  const staging = (fs: FileSystem): StagingEffects =>
    stagingInProcess(
      {
        package: packageName,
        channel: 'latest',
        registry: registry.url,
        store: layout.root,
        bundledVersion: '1.0.0',
        entry: undefined,
        natives: [{ name: native, dir: nativeDir }],
        exec: process.execPath,
        execFacts: null,
        abi: 'test-abi',
        shellVersion: '1.0.0',
        limits: { ...defaultLimits, retries: 0, retryDelayMs: 1 },
      },
      fs,
    );
  return {
    base,
    layout,
    registry,
    setup,
    staging,
    launching: fs => createLaunchEffects(setup(fs), { append: silent, lost: () => 0 }),
    publish: version => registry.publish(makePackage(sourceOf(version))),
    stage: async fs => {
      const effects = staging(fs);
      const offer = await effects.check({ origin: 'host' }, never);
      if (offer.kind === 'alreadyStaged') return false;
      await finish(effects, offer);
      return true;
    },
  };
};

/** The same with a store: a trusted 1.1.0 is pointed to, 1.3.0 is marked bad, 1.2.0 has been published. */
export const stockedWorld = async (): Promise<PowerWorld> => {
  const world = await emptyWorld();
  const { layout } = world;
  world.publish('1.1.0');
  await world.stage(nodeFileSystem);
  const tree = treeOf(layout, '1.1.0');
  await recordTrusted(nodeFileSystem, layout, { version: '1.1.0', tree });
  await mark(layout, '1.3.0', 'bad');
  world.publish('1.2.0');
  return world;
};

export const mark = (layout: Layout, version: string, weight: 'strike' | 'bad'): Promise<unknown> => {
  const facts = { version, integrity: null, abi: '', shellVersion: '1.0.0' };
  const why = { cause: 'LAUNCH_EXITED_EARLY', reason: 'it ended at once' } as const;
  return markBad(nodeFileSystem, layout, { ...facts, ...why, weight }, new Date());
};

/** The digest that the pointer recorded. */
export const treeOf = (layout: Layout, version: string): string => {
  const pointer: unknown = JSON.parse(readFileSync(layout.current, 'utf8'));
  const record: Record<string, unknown> = Object.assign({}, pointer);
  if (record.version !== version || typeof record.tree !== 'string')
    throw new Error(`the pointer does not name ${version}`);
  return record.tree;
};

export const put = (file: string, text: string): void => {
  nodeFileSystem.mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
};

export const remove = (place: string): void => rmSync(place, { recursive: true });
