import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeLock } from '#src/core-lock/lock-file.js';
import { lockOf } from '#src/core-lock/locking.js';
import { coreLockName } from '#src/core-lock/place.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import { temporaryFolder } from '../folder.ts';

export const register = path.resolve(import.meta.dirname, '../../../dist/src/child/core-lock-register.cjs');

export type Files = Readonly<Record<string, string | object>>;

export const writeFiles = (folder: string, files: Files): void => {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
};

/** A package of CommonJS without `exports` that says where it is from; everybody who has this very copy has this very class. */
const open = (folder: string, name: string, mark: string): Files => ({
  [`${folder}/package.json`]: { name, version: '1.0.0' },
  [`${folder}/index.js`]: `class Core {}\nmodule.exports = { mark: ${JSON.stringify(mark)}, Core };`,
  [`${folder}/lib/deep.js`]: `module.exports = { mark: ${JSON.stringify(`${mark} deep`)} };`,
});

/** A package with `exports` and conditions. */
const closed = (folder: string, name: string, mark: string): Files => ({
  [`${folder}/package.json`]: {
    name,
    version: '1.0.0',
    exports: {
      '.': { import: './main.mjs', require: './main.cjs' },
      './sub': { import: './inner/sub.mjs', require: './inner/sub.cjs' },
    },
  },
  [`${folder}/main.mjs`]: `export const mark = ${JSON.stringify(`${mark} import`)};`,
  [`${folder}/main.cjs`]: `module.exports = { mark: ${JSON.stringify(`${mark} require`)} };`,
  [`${folder}/inner/sub.mjs`]: `export const mark = ${JSON.stringify(`${mark} sub import`)};`,
  [`${folder}/inner/sub.cjs`]: `module.exports = { mark: ${JSON.stringify(`${mark} sub require`)} };`,
});

export const packages = { open, closed };

const runtimeFiles: Files = {
  'package.json': { name: 'the-runtime', version: '1.0.0' },
  'index.js': 'module.exports = { mark: "the runtime" };',
  ...open('node_modules/core', 'core', 'runtime'),
  ...closed('node_modules/closed', 'closed', 'runtime'),
  ...open('node_modules/@team/kit', '@team/kit', 'runtime kit'),
  ...open('node_modules/user', 'user', 'user'),
  'node_modules/user/index.js':
    'module.exports = { ...require("core"), hidden: require("hidden").mark, slash: require("events/").mark };',
  ...open('node_modules/user/node_modules/core', 'core', 'nested'),
  ...open('node_modules/user/node_modules/hidden', 'hidden', 'runtime hidden'),
  ...open('node_modules/events', 'events', 'runtime events'),
};

/** Goes through the tricks that it is given, as the runtime, in a worker and in what it forks. */
const program = `
const { isMainThread, parentPort, Worker } = require('node:worker_threads');
const { fork } = require('node:child_process');
const { pathToFileURL } = require('node:url');
const tricks = JSON.parse(require('node:fs').readFileSync(process.env.TRICKS, 'utf8'));
const told = error => \`\${error.code}: \${error.message.split('\\n')[0]}\`;
const all = async () => {
  const results = {};
  for (const [title, file] of Object.entries(tricks)) {
    try {
      const got = file.endsWith('.mjs') ? (await import(pathToFileURL(file).href)).default : require(file);
      const value = typeof got === 'function' ? await got() : got;
      results[title] = value?.Core === undefined ? value?.mark ?? value : value.Core === require('core').Core ? 'the same class' : value.mark;
    } catch (error) {
      results[title] = told(error);
    }
  }
  return results;
};
const here = async () => {
  const main = await all();
  const worker = await new Promise((resolve, reject) => new Worker(__filename).once('message', resolve).once('error', reject));
  const forked = await new Promise((resolve, reject) => fork(__filename, ['forked']).once('message', resolve).once('error', reject));
  process.stdout.write(JSON.stringify({ main, worker, forked }));
};
if (!isMainThread) all().then(results => parentPort.postMessage(results));
else if (process.argv[2] === 'forked') all().then(results => process.send(results, () => process.disconnect()));
else here();
`;

export type Told = Readonly<Record<'main' | 'worker' | 'forked', Readonly<Record<string, unknown>>>>;

export type GuardedWorld = {
  readonly folder: string;
  readonly runtime: string;
  /** Where the packages of plugins lie. */
  readonly plugins: string;
  readonly lock: string;
};

/** A runtime with its lock, plugins beside it, and a hostile \`node_modules\` above both. */
export const guardedWorld = async ({
  above,
  more = {},
}: {
  readonly above: boolean;
  /** What else the runtime has. */
  readonly more?: Files;
}): Promise<GuardedWorld> => {
  const folder = temporaryFolder();
  const [runtime, plugins] = [path.join(folder, 'runtime'), path.join(folder, 'plugins/node_modules')];
  writeFiles(runtime, { ...runtimeFiles, ...more, 'main.cjs': program });
  const metafile = path.join(folder, 'joined.json');
  writeFiles(folder, {
    'joined.json': [{ name: 'joined', version: '1.0.0' }],
    ...(above ? open('node_modules/core', 'core', 'above') : {}),
    ...(above ? open('node_modules/hidden', 'hidden', 'above') : {}),
    ...open('by-path/core', 'core', 'node path'),
    ...open('by-path/hidden', 'hidden', 'node path'),
    ...open('elsewhere/core', 'core', 'elsewhere'),
  });
  mkdirSync(plugins, { recursive: true });
  symlinkSync(path.join(folder, 'elsewhere'), path.join(folder, 'plugins/linked'));
  const lock = path.join(runtime, coreLockName);
  await writeLock(nodeFileSystem, lock, lockOf(nodeFileSystem, { dir: runtime, metafile }, () => []).lock);
  return { folder, runtime, plugins, lock };
};

/** Lets the runtime go through the tricks, each a file. */
export const throughTricks = (
  { folder, runtime, lock }: GuardedWorld,
  node: string,
  tricks: Readonly<Record<string, string>>,
  {
    options = ['--require', register],
    env = {},
  }: { options?: readonly string[]; env?: NodeJS.ProcessEnv } = {},
): Told => {
  const list = path.join(folder, 'tricks.json');
  writeFileSync(list, JSON.stringify(tricks));
  const output = execFileSync(node, [...options, path.join(runtime, 'main.cjs')], {
    env: { STAGEDOOR_CORE_LOCK_PATH: lock, TRICKS: list, ...env },
    encoding: 'utf8',
  });
  return JSON.parse(output) as Told;
};
