import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeLock } from '#src/core-lock/lock-file.js';
import { lockOf } from '#src/core-lock/locking.js';
import { coreLockName } from '#src/core-lock/place.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import { nodeOfMajor } from '../../../examples/demo/real-packages.ts';
import { type Bench, inFolder } from '../bench.ts';
import { type Row, timed } from '../row.ts';
import { interleaved, median, pairwise } from '../statistics.ts';
import { quietEnvironment } from '../subject-process.ts';

type Kind = 'CommonJS' | 'ES';
/** An ES module on packages of CommonJS is what many a runtime is. */
type Shape = { readonly entry: Kind; readonly modules: Kind };

const packages = 100;
const modulesEach = 10;
/** Locked with the rest, and never loaded: what a lock of a thousand packages costs. */
const idle = 900;

const register = fileURLToPath(import.meta.resolve('stagedoor/core-lock-register'));

const write = (file: string, text: string): void => {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
};

/** A module of about four kilobytes, as they are in packages. */
const bodyOf = (at: number): string =>
  Array.from(
    { length: 24 },
    (_, part) => `
/** What stands for a function of its own in a module of a package, with a few words on what it is for. */
const work${at}_${part} = (first, second) => { const list = []; for (let i = 0; i < first; i++) list.push(second + i); return list; };`,
  ).join('\n');

/** Each module needs a built-in one, each third the package before it. */
const moduleOf = (kind: Kind, own: number, at: number): string => {
  const needs = ['node:path', ...(at % 3 === 0 && own > 0 ? [`p${own - 1}`] : [])];
  const lines = needs.map(name => (kind === 'ES' ? `import '${name}';` : `require('${name}');`));
  return [...lines, kind === 'ES' ? 'export const x = 1;' : 'exports.x = 1;', bodyOf(at)].join('\n');
};

const writePackage = (kind: Kind, folder: string, own: number): void => {
  const name = `p${own}`;
  const manifest = { name, version: '1.0.0', description: 'x'.repeat(800) };
  const shape = kind === 'ES' ? { type: 'module', exports: './index.js' } : { main: 'index.js' };
  write(path.join(folder, 'package.json'), JSON.stringify({ ...manifest, ...shape }));
  const inner = Array.from({ length: modulesEach - 1 }, (_, at) => `./lib/${at}.js`);
  for (const [at, file] of inner.entries()) write(path.join(folder, file), moduleOf(kind, own, at));
  const heads = inner.map(file => (kind === 'ES' ? `import '${file}';` : `require('${file}');`));
  write(path.join(folder, 'index.js'), [...heads, bodyOf(own)].join('\n'));
};

/** Ends when all of it has been loaded, the plugin last: `import(` in a text alone is what an older Node is looked through for. */
const writeRuntime = async (shape: Shape, root: string, plugin: string | null): Promise<string> => {
  write(path.join(root, 'package.json'), JSON.stringify({ name: 'runtime', version: '1.0.0' }));
  const names = Array.from({ length: packages }, (_, own) => `p${own}`);
  for (const [own, name] of names.entries())
    writePackage(shape.modules, path.join(root, 'node_modules', name), own);
  for (let at = 0; at < idle; at += 1) {
    const manifest = {
      name: `q${at}`,
      version: '1.0.0',
      exports: { '.': './index.js', './*': './lib/*.js' },
    };
    write(path.join(root, 'node_modules', `q${at}`, 'package.json'), JSON.stringify(manifest));
  }
  const { lock } = lockOf(nodeFileSystem, { dir: root, metafile: null }, () => []);
  await writeLock(nodeFileSystem, path.join(root, coreLockName), lock);
  const entry = path.join(root, shape.entry === 'ES' ? 'main.mjs' : 'main.cjs');
  const heads = names.map(name => (shape.entry === 'ES' ? `import '${name}';` : `require('${name}');`));
  write(entry, [...heads, plugin === null ? '' : `import(${JSON.stringify(plugin)});`].join('\n'));
  return entry;
};

type Start = { readonly node: string; readonly entry: string };

/** Milliseconds from the spawn to the end. */
const start = async ({ node, entry }: Start, guarded: boolean): Promise<number> => {
  const env = {
    ...quietEnvironment(),
    STAGEDOOR_CORE_LOCK_PATH: path.join(path.dirname(entry), coreLockName),
  };
  const begun = performance.now();
  const child = spawn(node, [...(guarded ? ['--require', register] : []), entry], { env, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the runtime ended with ${String(code)}`);
  return performance.now() - begun;
};

type Subject = {
  readonly major: number;
  readonly node: string;
  readonly shape: Shape;
  readonly plugin: boolean;
};

/** Promised where Node has synchronous hooks, and for `require` everywhere, as long as nothing comes from outside. */
const isPromised = ({ major, shape, plugin }: Subject): boolean =>
  !plugin && (major >= 22 || shape.entry === 'CommonJS');

const called = ({ entry, modules }: Shape): string =>
  `${modules} modules${entry === modules ? '' : ` from an ${entry} entry`}`;

const rowsOf = async (bench: Bench, folder: string, subject: Subject): Promise<readonly Row[]> => {
  const { major, node, shape, plugin } = subject;
  const root = path.join(folder, `${shape.entry}-${shape.modules}-${major}-${plugin}`);
  const place = path.join(root, 'plugin/index.mjs');
  write(place, "import 'node:path';\n");
  const about = { node, entry: await writeRuntime(shape, path.join(root, 'runtime'), plugin ? place : null) };
  const promised = isPromised(subject);
  // One start differs from the next by more than the twentieth that is promised: only many tell it.
  const runs = Math.max(promised ? bench.runs * 10 : bench.runs, 15);
  const guarded = () => start(about, true);
  const plain = () => start(about, false);
  const sides: Readonly<Record<string, () => Promise<number>>> = {
    guarded,
    plain,
    ...(promised ? { again: plain } : {}),
  };
  const figures = await interleaved(runs, sides);
  const [ours = [], without = [], again = []] = ['guarded', 'plain', 'again'].map(side => figures[side]);
  const what = `cold start of 1,000 ${called(shape)}`;
  const under = `under a core lock${plugin ? ', then a plugin' : ''}`;
  const beside = (figure: readonly number[]) => ({
    ours: median(figure),
    yardstick: { name: 'without', value: median(without) },
    ratio: pairwise(figure, without),
  });
  const row = { what: `${what} ${under}, Node ${major}`, ...beside(ours) };
  if (!promised) return [timed(row)];
  return [
    timed({ ...row, target: { ratio: 1.05 } }),
    timed({ what: `${what} without one, twice, Node ${major}`, ...beside(again) }),
  ];
};

const shapes: readonly Shape[] = [
  { entry: 'CommonJS', modules: 'CommonJS' },
  { entry: 'ES', modules: 'ES' },
  { entry: 'ES', modules: 'CommonJS' },
];

/** What leading plugins to the runtime's packages costs the runtime itself. */
export const coreLockStartRows = (bench: Bench): Promise<readonly Row[]> =>
  inFolder(bench, async folder => {
    bench.say('cold starts of 1,000 modules under a core lock');
    const own = Number.parseInt(process.versions.node, 10);
    const nodes = new Map([[own, process.execPath]]);
    try {
      nodes.set(24, await nodeOfMajor(24));
    } catch (error) {
      process.stderr.write(`Node 24 can't be had: ${String(error)}\n`);
    }
    const subjects = [...nodes].flatMap(([major, node]) =>
      shapes.flatMap(shape => [false, true].map(plugin => ({ major, node, shape, plugin }))),
    );
    const rows: Row[] = [];
    for (const subject of subjects) rows.push(...(await rowsOf(bench, folder, subject)));
    return rows;
  });
