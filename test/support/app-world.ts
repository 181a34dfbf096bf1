import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { createStagedoor, type Stagedoor, type StagedoorEvents, type StagedoorOptions } from '#src/index.js';
import { createLauncher, type Launcher } from '#src/launcher.js';
import { ownToken } from '#src/process/identity.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { recordTrusted } from '#src/store/health.js';
import { type Layout, newScratch, storeLayout, treeListName } from '#src/store/layout.js';
import { commitPointer } from '#src/store/pointer.js';
import { serializeTreeList, treeDigest } from '#src/store/tree-list.js';
import { makePackage, type RuntimeSource, runtimePackage, writeRuntime } from '#src/testing/index.js';
import { packageFiles } from '#src/testing/packages.js';
import { temporaryFolder } from './folder.ts';

export { fs };

type Source = Omit<RuntimeSource, 'name' | 'version'>;

/** A folder of its own with a bundled 1.0.0 that serves and an empty store. */
export type AppWorld = {
  readonly dir: string;
  readonly bundled: string;
  readonly layout: Layout;
  readonly options: StagedoorOptions;
};

export const app = 'app-runtime';

const sourceOf = (version: string, source: Source) => runtimePackage({ name: app, version, ...source });

/** What a registry would serve for a version. */
export const packed = (version: string, source: Source = {}) => makePackage(sourceOf(version, source));

export const bundle = (dir: string, version: string, source: Source = {}): string => {
  writeRuntime(dir, sourceOf(version, source));
  return dir;
};

export const newWorld = (source: Source = {}): AppWorld => {
  const dir = temporaryFolder('stagedoor-app');
  const bundled = bundle(path.join(dir, 'bundled'), '1.0.0', source);
  const layout = storeLayout(path.join(dir, 'runtime-store'));
  const options = { package: app, bundled, store: layout.root, probe: 'ipc', updates: false };
  return { dir, bundled, layout, options };
};

/** When the files of a staged version were written, in seconds. */
export const longAgo = 1_700_000_000;

/** Lays a version into the store as staging does; gives back the digest of its tree list. No pointer. */
export const layOut = ({ layout }: AppWorld, version: string, source: Source = {}): string => {
  const runtime = sourceOf(version, source);
  const dir = layout.version(version);
  writeRuntime(dir, runtime);
  const natives = [
    ...new Set(
      Object.keys(runtime.files).flatMap(file => /^node_modules\/([^/]+)\//.exec(file)?.slice(1, 2) ?? []),
    ),
  ];
  // A round time of long ago: what a test writes later has another one, and `utimes` gives it back exactly.
  for (const file of packageFiles(runtime)) utimesSync(path.join(dir, file.path), longAgo, longAgo);
  const text = serializeTreeList({
    schema: 1,
    name: app,
    version,
    integrity: makePackage(runtime).integrity,
    entry: 'cli.js',
    natives,
    files: packageFiles(runtime).map(({ path: file, content, mode }) => ({
      path: file,
      size: content.length,
      mode,
      sha256: createHash('sha256').update(content).digest('hex'),
      mtimeMs: longAgo * 1000,
    })),
  });
  writeFileSync(path.join(dir, treeListName), text);
  return treeDigest(text);
};

/** The same with the pointer: what the next launch tries first. A scratch folder tells other shells of it meanwhile. */
export const stage = async (world: AppWorld, version: string, source: Source = {}): Promise<string> => {
  const { layout } = world;
  mkdirSync(layout.partial(newScratch(version, ownToken())), { recursive: true });
  const tree = layOut(world, version, source);
  await commitPointer(fs, layout, { version, tree });
  rmSync(layout.partials(version), { recursive: true });
  return tree;
};

/** A version that was up for ten minutes once. */
export const trust = async (world: AppWorld, version: string, source: Source = {}): Promise<void> =>
  recordTrusted(fs, world.layout, { version, tree: layOut(world, version, source) });

/** The whole thing, stopped when the test has ended. */
export const newShell = (world: AppWorld, options: Partial<StagedoorOptions> = {}): Stagedoor => {
  const stagedoor = createStagedoor({ ...world.options, ...options });
  onTestFinished(() => stagedoor.stop());
  return stagedoor;
};

/** The launcher with times that a test can wait for. */
export const newLauncher = (
  world: AppWorld,
  options: Partial<StagedoorOptions> = {},
  input: Parameters<typeof createLauncher>[1] = {
    restartBaseMs: 10,
    restartCapMs: 40,
    trustAfterMs: 600_000,
    crashLimit: 3,
  },
): Launcher => {
  const launcher = createLauncher({ ...world.options, ...options }, input);
  onTestFinished(() => launcher.stop());
  return launcher;
};

type Name = keyof StagedoorEvents;
/** Whoever tells of these events: the whole thing, or the launcher. */
type Teller<N extends Name> = {
  readonly on: (name: N, listener: (event: StagedoorEvents[N]) => void) => () => void;
};

/** The next event of a name, or the next that fits. */
export const next = <N extends Name>(
  { on }: Teller<NoInfer<N>>,
  name: N,
  fits: (event: StagedoorEvents[N]) => boolean = () => true,
): Promise<StagedoorEvents[N]> =>
  new Promise(resolve => {
    const detach = on(name, event => {
      if (!fits(event)) return;
      detach();
      resolve(event);
    });
  });

/** Everything that is told under some names, in its order. */
export const record = <N extends Name>(
  { on }: Teller<NoInfer<N>>,
  ...names: readonly N[]
): { readonly name: N; readonly event: StagedoorEvents[N] }[] => {
  const told: { name: N; event: StagedoorEvents[N] }[] = [];
  for (const name of names) on(name, event => told.push({ name, event }));
  return told;
};

/** Waits for a fact that nobody tells of: a file of another process, a request. */
export const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await pause(5);
};

/** The address that a runtime says it listens on; ask before the launch. */
export const nextAddress = (events: Teller<'runtime:output'>): Promise<string> =>
  new Promise(resolve => {
    let text = '';
    const detach = events.on('runtime:output', ({ chunk }) => {
      text += chunk.toString();
      const address = /listening on (http:\S+)\n/.exec(text)?.[1];
      if (address === undefined) return;
      detach();
      resolve(address);
    });
  });

/** What a runtime answers. */
export const answer = async (address: string, place = '/'): Promise<Record<string, unknown>> => {
  const response = await fetch(new URL(place, address));
  return Object.assign({}, await response.json());
};

export const json = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

/** Puts a text where a file of the store is, with its folder. */
export const put = (file: string, text: string): void => {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
};
