import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import type { CheckResult, Release, ScratchInput } from '#machines/contract.js';
import { failureOf } from '#machines/failure.js';
import { type StagingEffects, type StagingOptions, stagingInProcess } from '#src/staging/effects.js';
import { defaultLimits, type Limits } from '#src/staging/limits.js';
import { type FileSystem, nodeFileSystem } from '#src/store/file-system.js';
import { type Layout, storeLayout } from '#src/store/layout.js';
import { type LoopbackRegistry, makePackage, type PackedPackage, startRegistry } from '#src/testing/index.js';

export const packageName = 'app-runtime';

type Staged = { readonly version: string; readonly tree: string; readonly seq: number };

/** One registry, one store, and the effects between them. */
export type World = {
  readonly registry: LoopbackRegistry;
  readonly layout: Layout;
  readonly root: string;
  readonly effects: StagingEffects;
  check(signal?: AbortSignal): Promise<CheckResult>;
  /** Checks and stages; cleans up after a failure, as the chart does. */
  stage(signal?: AbortSignal): Promise<Staged>;
  /** Stages what a check has offered. */
  finish(offer: CheckResult): Promise<Staged>;
  /** What a launch depends on: the pointer, and everything below versions but the scratch folders. */
  launchable(): unknown;
  /** Scratch folders that are left. */
  partials(): string[];
  /** The same store and registry with other options. */
  with(options: Partial<StagingOptions>, fs?: FileSystem): World;
};

const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

export const quick: Limits = { ...defaultLimits, retries: 0, retryDelayMs: 1 };

export const freshFolder = (): string => {
  const dir = mkdtempSync(path.join(tmpdir(), 'stagedoor-staging-'));
  endings.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};

const filesIn = (dir: string): string[] =>
  existsSync(dir) ? readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort() : [];

const silent = (): void => undefined;

/** The order of the update chart. */
const stageTree = async (effects: StagingEffects, input: ScratchInput, signal: AbortSignal) => {
  await effects.download(input, signal, silent);
  await effects.extract(input, signal, silent);
  await effects.stageNatives(input, signal, silent);
  return effects.verify(input, signal, silent);
};

const stageOffer = async (effects: StagingEffects, offer: CheckResult, signal: AbortSignal) => {
  const input = { release: releaseOf(offer), scratch: scratchOf(offer) };
  try {
    const adopted = offer.kind === 'adoptable' ? await effects.adopt(input, signal).catch(() => null) : null;
    const { tree } = adopted ?? (await stageTree(effects, input, signal));
    const output = await effects.commit({ ...input, tree }, signal);
    if (output.kind === 'overtaken') throw new Error(`overtaken by ${output.by}`);
    return { version: input.release.version, tree, seq: output.seq };
  } catch (error) {
    await effects.clean({ scratch: input.scratch });
    throw error;
  }
};

const worldOf = (
  registry: LoopbackRegistry,
  options: StagingOptions,
  make: (options: StagingOptions, fs: FileSystem) => StagingEffects,
  fs: FileSystem,
): World => {
  const layout = storeLayout(options.store);
  const effects = make(options, fs);
  endings.push(() => effects.close());
  const never = new AbortController().signal;
  return {
    registry,
    layout,
    root: options.store,
    effects,
    check: (signal = never) => effects.check({ origin: 'host' }, signal),
    stage: async (signal = never) =>
      stageOffer(effects, await effects.check({ origin: 'host' }, signal), signal),
    finish: offer => stageOffer(effects, offer, never),
    launchable: () => ({
      pointer: existsSync(layout.current) ? readFileSync(layout.current, 'utf8') : null,
      versions: filesIn(layout.versions).filter(name => !name.includes('.partial')),
    }),
    partials: () => filesIn(layout.versions).filter(name => name.includes('.partial')),
    with: (other, otherFs = fs) => worldOf(registry, { ...options, ...other }, make, otherFs),
  };
};

/** A registry and an empty store; 1.0.0 is bundled. */
export const newWorld = async (
  options: Partial<StagingOptions> = {},
  make: (options: StagingOptions, fs: FileSystem) => StagingEffects = stagingInProcess,
): Promise<World> => {
  const registry = await startRegistry();
  endings.push(() => registry.close());
  const all: StagingOptions = {
    package: packageName,
    channel: 'latest',
    registry: registry.url,
    store: path.join(freshFolder(), 'store'),
    bundledVersion: '1.0.0',
    entry: undefined,
    natives: [],
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
    limits: quick,
    ...options,
  };
  return worldOf(registry, all, make, nodeFileSystem);
};

/** A small runtime with a command, a module and a folder. */
export const runtime = (version: string, manifest: Readonly<Record<string, unknown>> = {}): PackedPackage =>
  makePackage({
    name: packageName,
    version,
    files: {
      'cli.js': `console.log(${JSON.stringify(version)});\n`,
      'lib/deep/module.js': `export const version = ${JSON.stringify(version)};\n`,
      'README.md': `# ${version}\n`,
    },
    manifest: { bin: 'cli.js', ...manifest },
  });

/** The code of the failure that a promise rejects with; fails if it does not reject. */
export const codeOf = async (promise: Promise<unknown>): Promise<string> => {
  const [outcome] = await Promise.allSettled([promise]);
  if (outcome.status === 'fulfilled') return `none: ${JSON.stringify(outcome.value)}`;
  return failureOf(outcome.reason).code;
};

export const releaseOf = (offer: CheckResult): Release => {
  if (offer.kind === 'available' || offer.kind === 'adoptable') return offer.release;
  throw new Error(`no offer: ${offer.kind}`);
};

export const scratchOf = (offer: CheckResult): string => {
  if (offer.kind === 'available' || offer.kind === 'adoptable') return offer.scratch;
  throw new Error(`no offer: ${offer.kind}`);
};
