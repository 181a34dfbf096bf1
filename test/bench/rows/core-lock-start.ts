import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { writeLock } from '#src/core-lock/lock-file.js';
import { lockOf } from '#src/core-lock/locking.js';
import { coreLockName } from '#src/core-lock/place.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import { nodeOfMajor } from '../../../examples/demo/real-packages.ts';
import { type Bench, inFolder } from '../bench.ts';
import { type Row, timed } from '../row.ts';
import { holds, interleaved, median, medianInterval, ratios, together } from '../statistics.ts';
import { quietEnvironment } from '../subject-process.ts';

type Kind = 'CommonJS' | 'ES';
/** An ES module on packages of CommonJS is what many a runtime is. */
type Shape = { readonly entry: Kind; readonly modules: Kind };

/** How much longer a guarded start may take. */
const most = 1.05;

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

/**
 * As many entries, each with so many more bytes to keep: when V8 collects, which takes a few milliseconds of such a start, depends
 * on what there is, and would otherwise be the luck of one single heap.
 */
const entries = 16;
const filling = 'Words that nobody reads, as in the licences and manuals that are found in files.\n';
const fillings = 600;

const extensionOf = (shape: Shape): string => (shape.entry === 'ES' ? 'mjs' : 'cjs');

/** The last thing that an entry does: microseconds of all its threads. */
const telling: Readonly<Record<Kind, string>> = {
  ES: "import { writeSync } from 'node:fs';\nwriteSync(1, JSON.stringify(process.cpuUsage()));",
  CommonJS: "require('node:fs').writeSync(1, JSON.stringify(process.cpuUsage()));",
};

/** Ends when all of it has been loaded, the plugin last: `import(` in a text alone is what an older Node is looked through for. */
const writeRuntime = async (
  shape: Shape,
  root: string,
  plugin: string | null,
): Promise<readonly string[]> => {
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
  const heads = names.map(name => (shape.entry === 'ES' ? `import '${name}';` : `require('${name}');`));
  const last = plugin === null ? telling[shape.entry] : `import(${JSON.stringify(plugin)});`;
  return Array.from({ length: entries }, (_, at) => {
    const entry = path.join(root, `main-${at}.${extensionOf(shape)}`);
    write(entry, [`/*${filling.repeat(at * fillings)}*/`, ...heads, last].join('\n'));
    return entry;
  });
};

type Start = { readonly node: string; readonly entry: string; readonly guarded: boolean };
type Started = { readonly milliseconds: number; readonly told: string };

/** `prefix`: the words before it that say where it runs. */
const start = async ({ node, entry, guarded }: Start, prefix: readonly string[]): Promise<Started> => {
  const env = {
    ...quietEnvironment(),
    STAGEDOOR_CORE_LOCK_PATH: path.join(path.dirname(entry), coreLockName),
  };
  const [program = node, ...words] = [...prefix, node, ...(guarded ? ['--require', register] : []), entry];
  const begun = performance.now();
  const child = spawn(program, words, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const told = await text(child.stdout);
  const [code] = await ended;
  if (code !== 0) throw new Error(`the runtime ended with ${String(code)}`);
  return { milliseconds: performance.now() - begun, told };
};

/** Milliseconds from the spawn to the end. */
const timeOf = async (about: Start): Promise<number> => (await start(about, [])).milliseconds;

/** One core for all that runs at once, where the system has a word for it. */
const onOneCore = (): readonly string[] => {
  if (process.platform !== 'linux') return [];
  const [, core] = /^Cpus_allowed_list:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return core === undefined ? [] : ['taskset', '-c', core];
};

/** Milliseconds that processors worked for it, on all its threads, until all was loaded. */
const workOf = async (about: Start): Promise<number> => {
  const { told } = await start(about, onOneCore());
  const { user, system } = JSON.parse(told) as NodeJS.CpuUsage;
  return (user + system) / 1000;
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
  const runtime = await writeRuntime(shape, path.join(root, 'runtime'), plugin ? place : null);
  /** Each side comes by all entries, in the same order. */
  const side = (guarded: boolean, measure: (about: Start) => Promise<number>): (() => Promise<number>) => {
    let at = 0;
    return () => measure({ node, entry: runtime[at++ % runtime.length] ?? '', guarded });
  };
  const what = `cold start of 1,000 ${called(shape)}`;
  const under = `${what} under a core lock${plugin ? ', then a plugin' : ''}`;
  const rowOf = (name: string, figures: readonly number[], without: readonly number[]) => ({
    what: name,
    ours: median(figures),
    yardstick: { name: 'without', value: median(without) },
    ratios: ratios(figures, without),
  });
  const times = await interleaved(Math.max(bench.runs, 15), {
    guarded: side(true, timeOf),
    plain: side(false, timeOf),
  });
  const timeRow = timed(rowOf(`${under}, Node ${major}`, times.guarded, times.plain));
  if (!isPromised(subject)) return [timeRow];
  const work = await together(
    bench.pairs,
    { guarded: side(true, workOf), plain: side(false, workOf), again: side(false, workOf) },
    ({ guarded, plain }) =>
      guarded.length % entries === 0 && !holds(medianInterval(ratios(guarded, plain)), most),
  );
  return [
    timeRow,
    timed({
      ...rowOf(`${under}, processor time, Node ${major}`, work.guarded, work.plain),
      target: { ratio: most },
    }),
    timed(rowOf(`${what} without one, twice, processor time, Node ${major}`, work.again, work.plain)),
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
