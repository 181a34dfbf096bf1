import { linkSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Candidate } from '#machines/contract.js';
import { StagedoorError } from '#src/failure.js';
import { afterStart } from '#src/launching/after-start.js';
import { createLaunchEffects } from '#src/launching/effects.js';
import { type LaunchSetup, launchSetup } from '#src/launching/setup.js';
import { type StagingEffects, stagingInProcess } from '#src/staging/effects.js';
import { defaultLimits } from '#src/staging/limits.js';
import { openJournal } from '#src/store/journal.js';
import { type Layout, storeLayout } from '#src/store/layout.js';
import { makePackage } from '#src/testing/index.js';
import { app, bundle, fs } from '../app-world.ts';
import { registryForTest } from '../loopback.ts';
import { memoryFolder } from '../memory-folder.ts';

/** A version that was staged for real, with natives from the bundle, to be copied and tampered with. */
export type StagedWorld = {
  readonly dir: string;
  readonly template: Layout;
  /** Its files as paths with forward slashes, the tree list among them. */
  readonly files: readonly string[];
  /** A store of its own with the same bytes, times and modes. */
  copy(name: string): Layout;
  /** What a start does up to the spawn: the version that would be spawned, and what was refused before it. */
  start(layout: Layout): Promise<{ readonly candidate: Candidate; readonly refused: readonly string[] }>;
  /** What follows a start. */
  follow(layout: Layout, candidate: Candidate): Promise<void>;
  /** Checks and stages what the registry offers. */
  update(layout: Layout): Promise<string>;
};

export const stagedVersion = '1.1.0';

const natives = {
  'package.json': '{"name":"native","main":"index.js"}',
  'index.js': 'module.exports = 1;\n',
  'build/addon.node': 'machine code',
  'build/helper': { content: '#!/bin/sh\necho helper\n', mode: 0o755 },
};

const runtime = makePackage({
  name: app,
  version: stagedVersion,
  manifest: { bin: 'cli.js' },
  files: {
    'cli.js': { content: 'console.log(1);\n', mode: 0o755 },
    'lib/deep/module.js': 'export const one = 1;\n',
    'lib/empty.txt': '',
    'data/text.txt': 'plain text',
    'tools/helper.sh': { content: '#!/bin/sh\n', mode: 0o755 },
    'vendor/library.so.1': 'machine code',
  },
});

const never = new AbortController().signal;
const silent = (): void => undefined;

const follow = async (effects: StagingEffects): Promise<string> => {
  const offer = await effects.check({ origin: 'host' }, never);
  if (offer.kind !== 'available' && offer.kind !== 'adoptable') return offer.kind;
  const input = { release: offer.release, scratch: offer.scratch };
  const adopted = offer.kind === 'adoptable' ? await effects.adopt(input, never).catch(() => null) : null;
  if (adopted === null) {
    await effects.download(input, never, silent);
    await effects.extract(input, never, silent);
    await effects.stageNatives(input, never, silent);
  }
  const { tree } = adopted ?? (await effects.verify(input, never, silent));
  await effects.commit({ ...input, tree }, never);
  return adopted === null ? 'staged' : 'adopted';
};

const linkTree = (from: string, to: string): void => {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) linkTree(source, target);
    else if (!entry.name.endsWith('.jsonl')) linkSync(source, target);
  }
};

const filesIn = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.posix.relative(dir, path.posix.join(entry.parentPath, entry.name)))
    .sort();

/** As the launch chart goes on: a damaged candidate is set aside and the next one taken. */
const firstIntact = async (setup: LaunchSetup) => {
  const effects = createLaunchEffects(setup, openJournal(fs, setup.layout));
  const refused: string[] = [];
  for (;;) {
    const [candidate] = (await effects.resolve({ exclude: refused })).candidates;
    if (candidate === undefined) throw new Error('nothing is left to launch');
    try {
      await effects.checkTree(candidate);
      return { candidate, refused };
    } catch (error) {
      if (!(error instanceof StagedoorError && error.code === 'TREE_DAMAGED')) throw error;
      await effects.quarantine(candidate);
      refused.push(candidate.version);
    }
  }
};

export const newStagedWorld = async (): Promise<StagedWorld> => {
  const dir = memoryFolder('stagedoor-tampering');
  const bundled = bundle(path.join(dir, 'bundled'), '1.0.0', {
    files: Object.fromEntries(
      Object.entries(natives).map(([file, content]) => [`node_modules/native/${file}`, content]),
    ),
  });
  const registry = await registryForTest();
  registry.publish(runtime);
  const effectsFor = ({ root }: Layout): StagingEffects =>
    stagingInProcess({
      package: app,
      channel: 'latest',
      registry: registry.url,
      store: root,
      bundledVersion: '1.0.0',
      entry: undefined,
      natives: [{ name: 'native', dir: path.join(bundled, 'node_modules', 'native') }],
      exec: process.execPath,
      execFacts: null,
      abi: 'test-abi',
      shellVersion: '1.0.0',
      limits: { ...defaultLimits, retries: 0 },
    });
  const setupFor = ({ root }: Layout): LaunchSetup => launchSetup({ package: app, bundled, store: root });
  const template = storeLayout(path.join(dir, 'template'));
  if ((await follow(effectsFor(template))) !== 'staged') throw new Error('nothing was staged');
  rmSync(template.cache, { recursive: true });
  return {
    dir,
    template,
    files: filesIn(template.version(stagedVersion)),
    copy: name => {
      const layout = storeLayout(path.join(dir, name));
      rmSync(layout.root, { recursive: true, force: true });
      linkTree(template.root, layout.root);
      return layout;
    },
    start: layout => firstIntact(setupFor(layout)),
    follow: (layout, candidate) => afterStart(setupFor(layout), candidate, openJournal(fs, layout)),
    update: layout => follow(effectsFor(layout)),
  };
};
