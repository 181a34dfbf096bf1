import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NativeOption } from '#src/index.js';
import { ownAbi } from '#src/natives/own-abi.js';
import { treesOf } from '#src/natives/tree-place.js';
import { stampOf } from '#src/natives/trees/stamp.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { liveScratch } from '#src/store/scratch.js';
import { type LoopbackRegistry, makePackage } from '#src/testing/index.js';

/** A native module for the system of this Node, or for one that this is not. */
export type Made = 'for this system' | 'for another system';

export type NativesWorld = {
  /** The native module as a package that lies somewhere. */
  readonly files: (made: Made) => Readonly<Record<string, Buffer | string>>;
  readonly bundleNative: (made: Made) => void;
  /** The native dependency as the app names it. */
  readonly pty: NativeOption;
  readonly pinnedPty: NativeOption;
  readonly publishPty: () => void;
  /** The tree of this world's own stamp, as it lies on the disk now. */
  readonly treeLine: () => string;
  /** What is another one on each machine, and in each film. */
  readonly names: Readonly<Record<string, string>>;
};

const { platform, arch } = process;
const { tag } = ownAbi();
const systems: Readonly<Record<string, string>> = {
  darwin: 'darwin-universal',
  linux: `linux-${arch}-${tag.includes('musl') ? 'musl' : 'gnu'}`,
  win32: `win32-${arch}-msvc`,
};
const foreign = platform === 'win32' ? 'linux-x64-gnu' : 'win32-x64-msvc';

/** A package of real modules for nine systems. */
const compiled = (system: string): Buffer =>
  readFileSync(
    fileURLToPath(
      new URL(`../../../node_modules/@electron-internal/extract-zip/index.${system}.node`, import.meta.url),
    ),
  );

const addon = (made: Made): Buffer =>
  compiled(made === 'for this system' ? (systems[platform] ?? `${platform}-${arch}`) : foreign);

/** One native dependency of an app. Trees are shared by the whole machine: each world has pins, so a stamp, of its own. */
export const nativesWorld = (bundled: string, registry: LoopbackRegistry): NativesWorld => {
  const manifest = { name: 'pty', version: '1.0.0', main: 'index.js' };
  const index = "module.exports = require('./pty.node');\n";
  const packed = makePackage({
    name: 'pty',
    version: '1.0.0',
    files: { 'index.js': index, 'pty.node': addon('for this system'), 'world.txt': randomUUID() },
    manifest: { main: 'index.js' },
  });
  const pin = { name: 'pty', version: '1.0.0', hashes: [packed.integrity] };
  const stamp = stampOf(['pty'], [pin], []);
  const layout = treesOf(tag);
  const files: NativesWorld['files'] = made => ({
    'package.json': JSON.stringify(manifest),
    'index.js': index,
    'pty.node': addon(made),
  });
  return {
    files,
    bundleNative: made => {
      const dir = path.join(bundled, 'node_modules', 'pty');
      mkdirSync(dir, { recursive: true });
      for (const [name, content] of Object.entries(files(made))) writeFileSync(path.join(dir, name), content);
    },
    pty: { name: 'pty' },
    pinnedPty: { name: 'pty', install: { 'pty@1.0.0': packed.integrity } },
    publishPty: () => registry.publish(packed),
    treeLine: () => {
      if (fs.existsSync(layout.version(stamp))) return 'pty, for the ABI of <node>';
      return liveScratch(fs, layout).some(name => name.startsWith(stamp)) ? 'being made' : 'none';
    },
    names: { [tag]: '<the ABI of node>', [stamp]: '<stamp>' },
  };
};
