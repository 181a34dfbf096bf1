import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createNativesEffects } from '#src/natives/asking.js';
import { forgetful } from '#src/natives/fit-memory.js';
import { createInstaller } from '#src/natives/installer.js';
import { nativeDependency } from '#src/natives/options.js';
import { ownAbi } from '#src/natives/own-abi.js';
import { probeAbi } from '#src/natives/probe.js';
import { treesOf } from '#src/natives/tree-place.js';
import { lookAtTree } from '#src/natives/trees/find.js';
import { stampOf } from '#src/natives/trees/stamp.js';
import { ownToken } from '#src/process/identity.js';
import { stagingInProcess } from '#src/staging/effects.js';
import { defaultLimits } from '#src/staging/limits.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { namesIn } from '#src/store/folder.js';
import { newScratch } from '#src/store/layout.js';
import { type LoopbackRegistry, makePackage } from '#src/testing/index.js';
import { fittingFile, misfittingFile, ownSystem, silent } from '../natives/cross-files.ts';
import type { Want } from './model.ts';

const { tag } = ownAbi();

/** The one package that is pinned, with a module that really loads here. */
export const ptyPackage = makePackage({
  name: 'pty',
  version: '1.0.0',
  files: { 'index.js': "module.exports = require('./pty.node');\n", 'pty.node': readFileSync(fittingFile()) },
});
const pins = { 'pty@1.0.0': ptyPackage.integrity };
const pin = { name: 'pty', version: '1.0.0', hashes: [ptyPackage.integrity] };
export const stamp = stampOf(['pty'], [pin], ['pty']);

const bytesFor: Readonly<Record<'fits' | 'misfits' | 'unknown', () => Buffer>> = {
  fits: () => readFileSync(fittingFile()),
  misfits: () => readFileSync(misfittingFile()),
  unknown: () => silent(ownSystem),
};
type Made = keyof typeof bytesFor;

/** What the bundle has of each native, and whether the app has pinned it. */
const bundles: Readonly<Record<Want, Readonly<Record<string, readonly [Made, boolean]>>>> = {
  fits: { pty: ['fits', true] },
  pinned: { pty: ['misfits', true], sqlite: ['fits', false] },
  notPinned: { pty: ['misfits', false] },
  unsure: { pty: ['unknown', false] },
  unsureAndPinned: { pty: ['unknown', true] },
  halfPinned: { pty: ['misfits', true], sqlite: ['misfits', false] },
  halfUnsure: { pty: ['misfits', true], sqlite: ['unknown', false] },
};

/** A bundle, a cache folder of its own and a registry, with the real effects on them. */
export const createWorld = (dir: string, registry: LoopbackRegistry, want: Want, template: string | null) => {
  const bundled = path.join(dir, 'bundle');
  process.env.XDG_CACHE_HOME = path.join(dir, 'cache');
  const layout = treesOf(tag);
  const natives = Object.entries(bundles[want]).map(([name, [made, pinned]]) => {
    const folder = path.join(bundled, 'node_modules', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name }));
    writeFileSync(path.join(folder, `${name}.node`), bytesFor[made]());
    const option = { name, ...(pinned ? { install: pins, build: true } : {}) };
    return nativeDependency(option, bundled, value => new TypeError(String(value)));
  });
  const staging = stagingInProcess({
    package: 'app-runtime',
    channel: 'latest',
    registry: registry.url,
    store: path.join(dir, 'store'),
    bundledVersion: null,
    entry: undefined,
    natives: [],
    exec: process.execPath,
    execFacts: ownAbi(),
    abi: tag,
    shellVersion: '',
    limits: { ...defaultLimits, retries: 0, retryDelayMs: 1 },
  });
  const noRuntime = path.join(dir, 'no-runtime');
  let exec = process.execPath;
  const effects = createNativesEffects(
    { fs, exec: process.execPath, natives, mode: 'auto', ownPath: () => [] },
    {
      memory: forgetful,
      probe: () => probeAbi(exec),
      install: async wanted =>
        createInstaller(wanted, { fs, fetch: staging.fetchNatives, report: () => undefined }),
    },
  );
  const other = newScratch(stamp, ownToken());
  const scratch = (): readonly string[] =>
    namesIn(fs, layout.partials(stamp)).map(id => `${stamp}.partial/${id}`);
  return {
    effects,
    registry,
    layout,
    want,
    isThere: () => existsSync(layout.version(stamp)),
    look: () => lookAtTree(fs, layout, { tag, stamp }, 'full'),
    /** A finished tree, as an earlier run leaves it. */
    layTree: () => {
      if (template === null) throw new Error('there is no template');
      cpSync(template, layout.version(stamp), { recursive: true, preserveTimestamps: true });
    },
    /** Scratch folders for this stamp but that of the arranged other process. */
    ownScratch: () => scratch().filter(name => name !== other),
    otherBegins: () => mkdirSync(layout.partial(other), { recursive: true }),
    otherEnds: () => rmSync(layout.partial(other), { recursive: true, force: true }),
    runtime: (there: boolean) => {
      if (!there) writeFileSync(noRuntime, 'not a runtime');
      exec = there ? process.execPath : noRuntime;
    },
    /** Another module in the tree on its way, until it is put back. */
    swapModule: (name: string): (() => void) => {
      const file = path.join(layout.partialTree(name), 'node_modules', 'pty', 'pty.node');
      renameSync(file, `${file}-away`);
      writeFileSync(file, bytesFor.misfits());
      return () => renameSync(`${file}-away`, file);
    },
    loseFile: (name: string) =>
      rmSync(path.join(layout.partialTree(name), 'node_modules', 'pty', 'index.js')),
    /** A folder in place of a lease: nobody can say what is in use. */
    garbleLeases: (): (() => void) => {
      const leases = layout.leases;
      mkdirSync(path.join(leases, 'foreign.json'), { recursive: true });
      return () => rmSync(leases, { recursive: true });
    },
    close: async () => {
      await staging.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
};

export type NativesWorld = ReturnType<typeof createWorld>;
