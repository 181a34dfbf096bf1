import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { ownToken, processToken } from '#src/process/identity.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { type Layout, storeLayout, treeListName } from '#src/store/layout.js';
import { serializeTreeList, type TreeList, treeDigest } from '#src/store/tree-list.js';

/** A folder of its own that goes with the test. */
export const freshFolder = (): string => {
  const dir = realpathSync(mkdtempSync(path.join(tmpdir(), 'stagedoor-store-')));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};

export const freshStore = (): Layout => {
  const layout = storeLayout(path.join(freshFolder(), 'runtime-store'));
  mkdirSync(layout.root);
  return layout;
};

export const put = (file: string, text: string): void => {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
};

const runtimeFiles = {
  'package.json': '{"name":"runtime","main":"dist/cli.js"}',
  'dist/cli.js': 'console.log(1)',
  'dist/data.json': '{"a":1}',
  'node_modules/native/build/addon.node': 'machine code',
};

export const listOf = (dir: string, version: string, files: Readonly<Record<string, string>>): TreeList => ({
  schema: 1,
  name: 'runtime',
  version,
  integrity: 'sha512-abc',
  entry: 'dist/cli.js',
  natives: ['native'],
  files: Object.entries(files).map(([name, text]) => {
    const { size, mode, mtimeMs } = statSync(path.join(dir, name));
    return {
      path: name,
      size,
      mode: mode & 0o777,
      mtimeMs,
      sha256: createHash('sha256').update(text).digest('hex'),
    };
  }),
});

/** A whole runtime in the store, with its tree list; gives back the list's digest. */
export const putVersion = (
  layout: Layout,
  version: string,
  more: Readonly<Record<string, string>> = {},
): string => {
  const dir = layout.version(version);
  const files = { ...runtimeFiles, ...more };
  for (const [name, text] of Object.entries(files)) {
    put(path.join(dir, name), text);
    // A round time of long ago: what a test writes later has another one, and `utimes` gives it back exactly.
    utimesSync(path.join(dir, name), 1_700_000_000, 1_700_000_000);
  }
  const text = serializeTreeList(listOf(dir, version, files));
  writeFileSync(path.join(dir, treeListName), text);
  return treeDigest(text);
};

export const entry = 'dist/cli.js';
export { fs };

/** A process that has ended, and its token while it ran. */
export const deadToken = async (): Promise<string> => {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const token = processToken(child.pid ?? 0);
  child.kill('SIGKILL');
  await new Promise(resolve => child.once('exit', resolve));
  if (token === null) throw new Error('the child had no token');
  return token;
};

export const liveToken = ownToken;
