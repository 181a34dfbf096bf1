import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createMatching, type MatchNatives } from '#src/natives/matching.js';
import type { StagingEffects } from '#src/staging/effects.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import type { LoopbackRegistry } from '#src/testing/index.js';
import { differenceOf, restOf, type Shape, type StoreState, shapeOf } from './disk.ts';
import { type Flavour, nativeName, published, treeOf, versionOf } from './published.ts';

/** Where a world is, and what works in it. */
export type Place = {
  /** The folder of this world alone; the store and the bundle are in it. */
  readonly root: string;
  readonly store: string;
  /** The native dependency in the bundle. */
  readonly native: string;
  /** A store that holds every version as a finished folder. */
  readonly template: string;
  readonly home: string;
  readonly registry: LoopbackRegistry;
  readonly effects: StagingEffects;
};

/** One store that points to 1.1.0, what lies beside it, and the real effects on them. */
export type UpdateWorld = Pick<Place, 'registry' | 'store' | 'native' | 'effects'> & {
  /** Whether what the bundle has fits this Node, really looked at; `broken`: a defect of the effect itself. */
  readonly natives: { readonly match: MatchNatives; broken: boolean };
  /** What the store must hold now. */
  readonly expected: StoreState;
  /** Versions with a mark in the store, and the integrity that it holds for; null: for any. */
  readonly marked: Map<string, string | null>;
  /** The integrity that the registry announces for what it offers now. */
  announced(): string;
  /** The newest version that anybody has heard of here. */
  newest(): string;
  nextVersion(): string;
  publish(version: string, flavour?: Flavour): void;
  /** Lays a finished folder into the store, as a run leaves it that could not write the pointer. */
  layFinished(version: string): void;
  /** Writes the pointer as another process would. */
  point(version: string): void;
  /** Takes the user's own files in the store as they are now. */
  accept(): void;
  /** Everything around the store. */
  beside(): Shape;
  close(): Promise<void>;
};

const digest = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

/** What a test may do to a store from outside; what it does is expected from then on. */
const handsOn = ({ store, template }: Place, expected: StoreState) => ({
  layFinished: (version: string): void => {
    const [source, target] = [template, store].map(root => path.join(root, 'versions', version));
    cpSync(source ?? '', target ?? '', { recursive: true, preserveTimestamps: true });
    expected.versions.set(version, treeOf(version));
  },
  point: (version: string): void => {
    const seq = expected.pointer.seq + 1;
    const tree = digest(path.join(store, 'versions', version, '.stagedoor-tree.json'));
    writeFileSync(path.join(store, 'current.json'), JSON.stringify({ schema: 1, version, seq, tree }));
    expected.pointer = { version, seq };
    expected.replaced.delete(version);
  },
  accept: (): void => {
    expected.rest = restOf(store);
  },
});

/** What the registry offers, one version after the other. */
const shelfOf = (registry: LoopbackRegistry) => {
  let minor = 1;
  let announced = '';
  return {
    announced: (): string => announced,
    newest: (): string => versionOf(minor),
    nextVersion: (): string => {
      minor += 1;
      return versionOf(minor);
    },
    publish: (version: string, flavour?: Flavour): void => {
      const packed = published(version, flavour);
      registry.publish(packed);
      announced = packed.integrity;
    },
  };
};

const nativesOf = (native: string): UpdateWorld['natives'] => {
  const dependency = {
    name: nativeName,
    dir: native,
    module: nativeName,
    pins: [],
    build: false,
    optional: false,
  };
  const match = createMatching({
    fs: nodeFileSystem,
    exec: process.execPath,
    natives: [dependency],
    mode: 'auto',
    ownPath: () => [],
  });
  const natives: UpdateWorld['natives'] = {
    broken: false,
    match: (subject, signal) =>
      natives.broken ? Promise.reject(new Error('a defect')) : match(subject, signal),
  };
  return natives;
};

export const newWorld = (place: Place): UpdateWorld => {
  const { root, store, native, home, registry, effects } = place;
  mkdirSync(path.join(store, 'versions'), { recursive: true });
  writeFileSync(path.join(root, 'neighbour.txt'), 'not ours');
  writeFileSync(path.join(store, 'foreign.txt'), 'not ours either');
  registry.behave();
  const expected: StoreState = {
    pointer: { version: '', seq: 0 },
    versions: new Map(),
    replaced: new Set(),
    rest: new Map(),
  };
  const world: UpdateWorld = {
    registry,
    store,
    native,
    effects,
    natives: nativesOf(native),
    expected,
    marked: new Map(),
    ...shelfOf(registry),
    ...handsOn(place, expected),
    beside: () => new Map([...shapeOf(root, folder => folder === 'store'), ...shapeOf(home)]),
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

/** Does a version lie in the store as it was published, by what is expected? */
export const isIntact = ({ expected }: Pick<UpdateWorld, 'expected'>, version: string): boolean => {
  const shape = expected.versions.get(version);
  if (shape === undefined || expected.replaced.has(version)) return false;
  return differenceOf(shape, treeOf(version)) === null;
};
