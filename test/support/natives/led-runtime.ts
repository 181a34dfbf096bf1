import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A package around a compiled addon: the old way (`main`), or with `exports` that differ for `import` and `require`. */
export const writeNative = (dir: string, addon: string, mark: string, closed = false): string => {
  mkdirSync(path.join(dir, 'build', 'Release'), { recursive: true });
  mkdirSync(path.join(dir, 'lib'), { recursive: true });
  copyFileSync(addon, path.join(dir, 'build', 'Release', 'addon.node'));
  const name = path.basename(dir);
  const exports = {
    '.': { import: './lib/index.mjs', require: './lib/index.js' },
    './lib/x.js': './lib/x.js',
    './package.json': './package.json',
  };
  const shape = closed ? { exports } : { main: 'lib/index.js' };
  const files = {
    'package.json': JSON.stringify({ name, version: '1.0.0', mark, ...shape }),
    'lib/index.js': `require('../build/Release/addon.node'); exports.mark = ${JSON.stringify(mark)};`,
    'lib/index.mjs': `export { mark } from './index.js';`,
    'lib/x.js': `exports.mark = require(${JSON.stringify(name)}).mark;`,
  };
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(dir, file), text);
  return dir;
};

/**
 * A runtime that says by which mark it gets `open` and `closed` in every way there is, then the same in a worker and in a fork,
 * and lives until it is ended. A module of top-level await.
 */
const program = `
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
const require = createRequire(import.meta.url);
const attempt = async work => { try { return await work(); } catch (error) { return 'failed: ' + error.message.split('\\n')[0]; } };
const { readFileSync } = await import('node:fs');
const markIn = file => file.replace(/[\\\\/](?:lib|package\\.json).*$/, '');
const found = {};
for (const name of ['open', 'closed']) {
  found[name] = {
    import: await attempt(async () => (await import(name)).mark),
    require: await attempt(() => require(name).mark),
    inner: await attempt(() => require(name + '/lib/x.js').mark),
    importInner: await attempt(async () => (await import(name + '/lib/x.js')).default.mark),
    manifest: await attempt(() => require(name + '/package.json').mark),
    resolved: await attempt(() => markIn(require.resolve(name))),
    metaResolved: await attempt(() => markIn(fileURLToPath(import.meta.resolve(name)))),
  };
}
if (process.argv[2] === 'forked') {
  process.send(found, () => process.disconnect());
} else if (!isMainThread) {
  parentPort.postMessage(found);
} else {
  const worker = new Worker(fileURLToPath(import.meta.url));
  const [threaded] = await once(worker, 'message');
  const child = fork(fileURLToPath(import.meta.url), ['forked']);
  const [forked] = await once(child, 'message');
  const given = Object.keys(process.env).filter(name => name.startsWith('STAGEDOOR_')).sort();
  const { execArgv, argv } = process;
  process.stdout.write('\\n' + JSON.stringify({ found, threaded, forked, execArgv, argv: argv.slice(2), given }) + '\\nREADY\\n');
  setInterval(() => undefined, 1000);
}
`;

export type Ways = Readonly<Record<string, string>>;
export type Told = {
  readonly found: Readonly<Record<string, Ways>>;
  readonly threaded: Readonly<Record<string, Ways>>;
  readonly forked: Readonly<Record<string, Ways>>;
  readonly execArgv: readonly string[];
  readonly argv: readonly string[];
  readonly given: readonly string[];
};

/** Writes the runtime; its own natives come beside it. */
export const writeLedRuntime = (dir: string, name = 'led-runtime'): string => {
  mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(dir, 'package.json'), JSON.stringify({ name, version: '1.0.0', main: 'main.mjs' }));
  writeFileSync(path.join(dir, 'main.mjs'), program);
  return path.join(dir, 'main.mjs');
};

export const toldIn = (output: string): Told => {
  const line = output.split('\n').find(text => text.startsWith('{"found"'));
  if (line === undefined) throw new Error(`it has not spoken: ${output}`);
  return JSON.parse(line) as Told;
};
