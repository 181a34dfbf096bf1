import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { Abi } from '#src/natives/abi.js';
import type { Pin } from '#src/natives/dependency.js';
import type { Fetched, FetchRequest } from '#src/natives/fetching.js';
import { ownAbi } from '#src/natives/own-abi.js';
import {
  type Report,
  type StagingEffects,
  type StagingOptions,
  stagingInProcess,
} from '#src/staging/effects.js';
import { defaultLimits } from '#src/staging/limits.js';
import { type FileSystem, nodeFileSystem } from '#src/store/file-system.js';
import { type LoopbackRegistry, makePackage, type PackedPackage, startRegistry } from '#src/testing/index.js';
import { temporaryFolder } from '../folder.ts';

export type FetchWorld = {
  readonly registry: LoopbackRegistry;
  /** All that lies below it was written by a fetch. */
  readonly root: string;
  /** The folder of the attempt. */
  readonly folder: string;
  readonly tree: string;
  readonly effects: StagingEffects;
  request(pins: readonly Pin[], abi?: Abi): FetchRequest;
  fetch(pins: readonly Pin[], how?: How): Promise<Fetched>;
  /** Paths of what the registry was asked for. */
  asked(): readonly string[];
};

type How = {
  readonly abi?: Abi;
  readonly signal?: AbortSignal;
  readonly report?: Report;
};

type Options = {
  readonly make?: typeof stagingInProcess;
  readonly fs?: FileSystem;
  readonly options?: Partial<StagingOptions>;
};

/** A package that compiles nothing, with whatever its manifest says. */
export const nativePackage = (
  name: string,
  manifest: Readonly<Record<string, unknown>> = {},
  version = '1.0.0',
): PackedPackage =>
  makePackage({
    name,
    version,
    files: { 'index.js': `module.exports = ${JSON.stringify(name)};\n`, 'bin/tool': '#!/bin/sh\n' },
    manifest: { bin: { tool: './bin/tool' }, ...manifest },
  });

/** The pin of exactly these bytes. */
export const pinOf = ({ name, version, integrity }: PackedPackage): Pin => ({
  name,
  version,
  hashes: [integrity],
});

export const filesBelow = (dir: string): readonly string[] =>
  existsSync(dir)
    ? readdirSync(dir, { recursive: true, withFileTypes: true })
        .filter(entry => !entry.isDirectory())
        .map(entry => path.relative(dir, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
        .sort()
    : [];

const never = new AbortController().signal;

/** A registry, the folder of one attempt, and the step that fills it. */
export const fetchWorld = async ({
  make = stagingInProcess,
  fs,
  options = {},
}: Options = {}): Promise<FetchWorld> => {
  const registry = await startRegistry();
  const root = temporaryFolder();
  const folder = path.join(root, 'attempt');
  mkdirSync(folder);
  const all: StagingOptions = {
    package: 'app-runtime',
    channel: 'latest',
    registry: registry.url,
    store: path.join(root, 'store'),
    bundledVersion: null,
    entry: undefined,
    natives: [],
    exec: process.execPath,
    execFacts: ownAbi(),
    abi: ownAbi().tag,
    shellVersion: '',
    limits: { ...defaultLimits, retries: 0, retryDelayMs: 1 },
    ...options,
  };
  const effects = make(all, fs ?? nodeFileSystem);
  onTestFinished(async () => {
    await effects.close();
    await registry.close();
  });
  const tree = path.join(folder, 'tree');
  const request = (pins: readonly Pin[], abi: Abi = ownAbi()): FetchRequest => ({
    abi,
    exec: process.execPath,
    folder,
    tree,
    pins,
  });
  return {
    registry,
    root,
    folder,
    tree,
    effects,
    request,
    fetch: (pins, { abi, signal = never, report = () => undefined } = {}) =>
      effects.fetchNatives(request(pins, abi), signal, report),
    asked: () => registry.requests.map(({ url }) => decodeURIComponent(url)),
  };
};
