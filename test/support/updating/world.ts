import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type StagingEffects, type StagingOptions, stagingInProcess } from '#src/staging/effects.js';
import { defaultLimits } from '#src/staging/limits.js';
import { type LoopbackRegistry, startRegistry } from '#src/testing/index.js';
import { restOf, type Shape, type StoreState, shapeOf } from './disk.ts';
import {
  type Flavour,
  nativeName,
  packageName,
  published,
  treeOf,
  versionOf,
  writeNative,
} from './published.ts';

/** Versions that are ready as finished folders; the first one is what a store begins with. */
const finishedVersions = 24;

export type MakeEffects = (options: StagingOptions) => StagingEffects;

/** A registry and finished folders of every version, shared by the worlds of one file. */
export type Studio = {
  readonly registry: LoopbackRegistry;
  readonly newWorld: (make?: MakeEffects) => UpdateWorld;
  readonly close: () => Promise<void>;
};

/** One store at 1.1.0, what lies beside it, and the real effects on them. */
export type UpdateWorld = {
  readonly registry: LoopbackRegistry;
  readonly store: string;
  readonly native: string;
  readonly effects: StagingEffects;
  readonly expected: StoreState;
  /** Versions with a mark in the store, and the integrity that it holds for; null: for any. */
  readonly marked: Map<string, string | null>;
  /** The integrity that the registry announces for what it offers now. */
  announced(): string;
  /** The newest version that has been offered or staged by anybody here. */
  newest(): string;
  nextVersion(): string;
  publish(version: string, flavour?: Flavour): void;
  /** Lays a finished folder into the store, as a run leaves it that could not write the pointer. */
  layFinished(version: string): void;
  /** Writes the pointer as another process would. */
  point(version: string): void;
  /** Takes what the test itself has just changed as given. */
  accept(): void;
  /** Everything around the store. */
  beside(): Shape;
  close(): Promise<void>;
};

const optionsOf = (registry: string, store: string, native: string): StagingOptions => ({
  package: packageName,
  channel: 'latest',
  registry,
  store,
  bundledVersion: '1.0.0',
  entry: undefined,
  natives: [{ name: nativeName, dir: native }],
  exec: process.execPath,
  execFacts: {
    node: process.versions.node,
    platform: process.platform,
    arch: process.arch,
    libc: 'glibc',
    modules: process.versions.modules,
  },
  abi: 'test-abi',
  shellVersion: '1.0.0',
  limits: { ...defaultLimits, retries: 0, retryDelayMs: 1 },
});

/** Stages version after version for real; each stays as a finished folder. */
const fillTemplate = async (registry: LoopbackRegistry, store: string, native: string): Promise<void> => {
  const effects = stagingInProcess(optionsOf(registry.url, store, native));
  const { signal } = new AbortController();
  for (let minor = 1; minor <= finishedVersions; minor += 1) {
    registry.publish(published(versionOf(minor)));
    const offer = await effects.check({ origin: 'host' }, signal);
    if (offer.kind !== 'available') throw new Error(`the template got ${offer.kind}`);
    const input = { release: offer.release, scratch: offer.scratch };
    await effects.download(input, signal, () => undefined);
    await effects.extract(input, signal, () => undefined);
    await effects.stageNatives(input, signal, () => undefined);
    const { tree } = await effects.verify(input, signal, () => undefined);
    await effects.commit({ ...input, tree }, signal);
  }
  await effects.close();
};

const digest = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

const worldIn = (
  root: string,
  template: string,
  registry: LoopbackRegistry,
  make: MakeEffects,
): UpdateWorld => {
  const store = path.join(root, 'store');
  mkdirSync(path.join(store, 'versions'), { recursive: true });
  const native = writeNative(path.join(root, 'bundle'));
  writeFileSync(path.join(root, 'neighbour.txt'), 'not ours');
  writeFileSync(path.join(store, 'foreign.txt'), 'not ours either');
  const effects = make(optionsOf(registry.url, store, native));
  const expected: StoreState = { pointer: { version: '', seq: 0 }, versions: new Map(), rest: new Map() };
  let minor = 1;
  let announced = '';
  registry.behave();
  registry.publish(published('1.0.0'));

  const world: UpdateWorld = {
    registry,
    store,
    native,
    effects,
    expected,
    newest: () => versionOf(minor),
    nextVersion: () => {
      minor += 1;
      return versionOf(minor);
    },
    marked: new Map(),
    announced: () => announced,
    publish: (version, flavour) => {
      const packed = published(version, flavour);
      registry.publish(packed);
      announced = packed.integrity;
    },
    layFinished: version => {
      const target = path.join(store, 'versions', version);
      cpSync(path.join(template, 'versions', version), target, { recursive: true, preserveTimestamps: true });
      expected.versions.set(version, treeOf(version));
    },
    point: version => {
      const seq = expected.pointer.seq + 1;
      const tree = digest(path.join(store, 'versions', version, '.stagedoor-tree.json'));
      writeFileSync(path.join(store, 'current.json'), JSON.stringify({ schema: 1, version, seq, tree }));
      expected.pointer = { version, seq };
    },
    accept: () => {
      expected.rest = restOf(store);
    },
    beside: () => shapeOf(root, folder => folder === 'store'),
    close: async () => {
      await effects.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
  world.layFinished(versionOf(1));
  world.point(versionOf(1));
  world.accept();
  return world;
};

export const createStudio = async (): Promise<Studio> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'stagedoor-updating-'));
  const registry = await startRegistry();
  const template = path.join(folder, 'template');
  await fillTemplate(registry, template, writeNative(path.join(folder, 'bundle')));
  let worlds = 0;
  return {
    registry,
    newWorld: (make = stagingInProcess) => {
      worlds += 1;
      return worldIn(path.join(folder, `world-${worlds}`), template, registry, make);
    },
    close: async () => {
      await registry.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
