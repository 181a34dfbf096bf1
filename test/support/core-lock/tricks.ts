import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Files, type GuardedWorld, packages, writeFiles } from './guarded-world.ts';

const { open, closed } = packages;

/** What a plugin (or, with `inside`, the runtime) tries, by `require` and by `import`, and what it gets. */
export type Trick = {
  readonly title: string;
  /** From the folder `plugins/node_modules` on. */
  readonly files?: Files;
  readonly inside?: true;
  /** Needs a `node_modules` above the runtime. */
  readonly above?: true;
  /** The same without a guard, so that it shows only that the guard is in nobody's way. */
  readonly harmless?: true;
  /** Code that gives what was got; PLUGINS, ABOVE and RUNTIME are folders, URL_OF makes a URL of a path. */
  readonly require: string;
  /** The same for an ES module; null where it is the same code, by `createRequire`. */
  readonly import: string | null;
  readonly gets: string | RegExp | readonly [require: string | RegExp, import: string | RegExp];
};

const refused = /^ERR_STAGEDOOR_CORE_LOCK: /;
const same = 'the same class';
const imported = (specifier: string): string => `(await import(${specifier})).default`;
/** The same request by both. */
const both = (specifier: string): Pick<Trick, 'require' | 'import'> => ({
  require: `require(${specifier})`,
  import: imported(specifier),
});
const byName = (name: string): Pick<Trick, 'require' | 'import'> => both(JSON.stringify(name));

export const tricks: readonly Trick[] = [
  {
    title: 'a copy beside the plugin (hoisting)',
    files: open('core', 'core', 'own'),
    ...byName('core'),
    gets: same,
  },
  {
    title: 'a copy inside the plugin',
    files: open('plug/node_modules/core', 'core', 'own'),
    ...byName('core'),
    gets: same,
  },
  {
    title: 'a file below the name',
    require: 'require("core/lib/deep")',
    import: imported('"core/lib/deep.js"'),
    gets: 'runtime deep',
  },
  {
    title: 'exports and conditions',
    files: closed('plug/node_modules/closed', 'closed', 'own'),
    require: 'require("closed")',
    import: 'await import("closed")',
    gets: ['runtime require', 'runtime import'],
  },
  {
    title: 'a subpath of exports',
    require: 'require("closed/sub")',
    import: 'await import("closed/sub")',
    gets: ['runtime sub require', 'runtime sub import'],
  },
  {
    title: 'what exports do not open',
    harmless: true,
    ...byName('closed/inner/sub.cjs'),
    gets: /^ERR_PACKAGE_PATH_NOT_EXPORTED/,
  },
  {
    title: 'an alias',
    files: open('plug/node_modules/kernel', 'core', 'own'),
    ...byName('kernel'),
    gets: same,
  },
  {
    title: 'an alias with a subpath of exports',
    files: closed('plug/node_modules/shut', 'closed', 'own'),
    require: 'require("shut/sub")',
    import: 'await import("shut/sub")',
    gets: ['runtime sub require', 'runtime sub import'],
  },
  { title: 'another case', ...byName('CORE'), gets: same },
  { title: 'another case of a scope', ...byName('@Team/Kit'), gets: 'runtime kit' },
  {
    title: 'a package that is really called so',
    files: open('plug/node_modules/Core', 'Core', 'own'),
    ...byName('Core'),
    gets: refused,
  },
  {
    title: 'a scoped look-alike with the name inside',
    files: open('@evil/core', 'core', 'own'),
    ...byName('@evil/core'),
    gets: same,
  },
  {
    title: 'a scoped package of its own',
    harmless: true,
    files: open('@other/core', '@other/core', 'its own'),
    ...byName('@other/core'),
    gets: 'its own',
  },
  {
    title: 'a built-in name',
    harmless: true,
    files: open('plug/node_modules/fs', 'fs', 'own'),
    require: 'require("fs").statSync === process.getBuiltinModule("fs").statSync',
    import: '(await import("fs")).statSync === process.getBuiltinModule("fs").statSync',
    gets: 'true',
  },
  {
    title: 'a package that is called like a built-in module, which a slash asks for',
    harmless: true,
    files: open('plug/node_modules/string_decoder', 'string_decoder', 'its own'),
    require: 'require("string_decoder/").mark',
    import: `${imported('"string_decoder/index.js"')}.mark`,
    gets: 'its own',
  },
  {
    title: 'a built-in name that the runtime has a package of',
    files: open('events', 'events', 'own'),
    require: 'require("events/").mark',
    import: `${imported('"events/index.js"')}.mark`,
    gets: 'runtime events',
  },
  { title: 'a copy by a relative path', ...byName('./node_modules/core/index.js'), gets: same },
  { title: 'a copy by an absolute path', ...both('PLUGINS + "/core/index.js"'), gets: same },
  {
    title: 'a copy by its URL',
    require: 'import(URL_OF(PLUGINS + "/core/index.js")).then(found => found.default)',
    import: imported('URL_OF(PLUGINS + "/core/index.js")'),
    gets: same,
  },
  { title: 'a file of a copy', ...both('PLUGINS + "/core/lib/deep.js"'), gets: 'runtime deep' },
  {
    title: 'a file that only the copy has',
    files: { 'core/lib/more.js': 'module.exports = 1;' },
    ...both('PLUGINS + "/core/lib/more.js"'),
    gets: refused,
  },
  {
    title: 'a copy that was not installed with the plugin',
    ...both('PLUGINS + "/gone/node_modules/core/index.js"'),
    gets: same,
  },
  {
    title: 'a file of such a copy by a relative path',
    ...byName('./node_modules/@team/kit/lib/deep.js'),
    gets: 'runtime kit deep',
  },
  {
    title: 'such a copy as a folder, or by its URL',
    require: 'require("./node_modules/@team/kit")',
    import: imported('URL_OF(PLUGINS + "/plug/node_modules/@team/kit/index.js")'),
    gets: 'runtime kit',
  },
  {
    title: 'a file of such a copy that exports do not open',
    ...both('PLUGINS + "/gone/node_modules/closed/inner/sub.cjs"'),
    gets: 'runtime sub require',
  },
  {
    title: 'a file that such a copy may have had',
    ...both('PLUGINS + "/gone/node_modules/core/lib/none.js"'),
    gets: /^(?:ERR_)?MODULE_NOT_FOUND: .*runtime\/node_modules\/core\/lib\/none/,
  },
  {
    title: 'such a copy of what is joined',
    ...both('PLUGINS + "/gone/node_modules/joined/index.js"'),
    gets: refused,
  },
  {
    title: 'a copy with another manifest further inside',
    files: { 'core/lib/package.json': { name: 'something-else' } },
    ...both('PLUGINS + "/core/lib/deep.js"'),
    gets: 'runtime deep',
  },
  {
    title: 'a copy without a name',
    files: { 'nameless/node_modules/core/package.json': {}, 'nameless/node_modules/core/index.js': '' },
    ...both('PLUGINS + "/nameless/node_modules/core/index.js"'),
    gets: same,
  },
  {
    title: 'a renamed copy outside of any node_modules',
    files: open('../vendor/thing', 'core', 'own'),
    ...both('ABOVE + "/plugins/vendor/thing/index.js"'),
    gets: same,
  },
  { title: 'a copy behind a link', ...both('ABOVE + "/plugins/linked/core/index.js"'), gets: same },
  {
    title: 'a path that climbs out of the name',
    require: 'require("core/../../vendor/thing/index.js")',
    import: null,
    gets: same,
  },
  {
    title: 'a path that climbs out of another name',
    files: { ...open('step', 'step', 'own'), ...open('step/core', 'core', 'own') },
    ...byName('step/../step/core/index.js'),
    gets: same,
  },
  {
    title: 'require.resolve with paths',
    require: 'require(require.resolve("core", { paths: [ABOVE + "/by-path", PLUGINS] }))',
    import: null,
    gets: same,
  },
  {
    title: 'createRequire from elsewhere',
    require: 'createRequire(ABOVE + "/elsewhere/core/x.js")("core")',
    import: null,
    gets: same,
  },
  {
    title: 'createRequire from elsewhere, by a path',
    require: 'createRequire(ABOVE + "/elsewhere/x.js")("./core")',
    import: null,
    gets: same,
  },
  {
    title: 'createRequire from a path that only looks like the runtime',
    require: 'createRequire(RUNTIME + "/../elsewhere/x.js")("./core")',
    import: null,
    gets: same,
  },
  {
    title: 'module.paths',
    require: '(module.paths.unshift(ABOVE + "/by-path"), require("hidden"))',
    import: null,
    gets: 'runtime hidden',
  },
  {
    title: 'Module._initPaths and NODE_PATH',
    require:
      '(process.env.NODE_PATH = ABOVE + "/by-path", require("module")._initPaths(), require("hidden"))',
    import: null,
    gets: 'runtime hidden',
  },
  {
    title: 'a resolver that is asked by hand',
    require: 'require("module")._load("core", { filename: null, paths: [ABOVE + "/by-path"] })',
    import: null,
    gets: same,
  },
  {
    title: 'a claim to be the entry',
    require: 'require("module")._load(PLUGINS + "/core/index.js", null, true)',
    import: null,
    gets: same,
  },
  {
    title: 'a loader that is asked on behalf of nobody',
    require: 'require("module")._load(PLUGINS + "/core/index.js")',
    import: null,
    gets: same,
  },
  {
    title: '#imports that lead to a copy of its own',
    files: {
      ...open('plug/vendor', 'core', 'own'),
      'plug/package.json': {
        name: 'plug',
        exports: { './own': './own.js' },
        imports: {
          '#copy': './vendor/index.js',
          '#name': { import: 'closed', require: 'closed/sub' },
          '#at/*': 'core/lib/*.js',
          '#mine': './own.js',
        },
      },
      'plug/own.js': 'module.exports = "its own file";',
    },
    ...byName('#copy'),
    gets: same,
  },
  {
    title: '#imports that name a package, by condition',
    require: 'require("#name")',
    import: 'await import("#name")',
    gets: ['runtime sub require', 'runtime import'],
  },
  { title: '#imports with a star', ...byName('#at/deep'), gets: 'runtime deep' },
  { title: '#imports of its own', harmless: true, ...byName('#mine'), gets: 'its own file' },
  { title: 'itself by its own name', harmless: true, ...byName('plug/own'), gets: 'its own file' },
  {
    title: 'what is joined into a file',
    files: open('joined', 'joined', 'own'),
    ...byName('joined'),
    gets: refused,
  },
  { title: 'what is joined, by a path', ...both('PLUGINS + "/joined/index.js"'), gets: refused },
  {
    title: 'a package of its own',
    harmless: true,
    files: open('mine', 'mine', 'its own'),
    ...byName('mine'),
    gets: 'its own',
  },
  {
    title: 'the runtime itself',
    files: open('the-runtime', 'the-runtime', 'own'),
    ...byName('the-runtime'),
    gets: 'the runtime',
  },
  {
    title: 'the manifest of a copy',
    harmless: true,
    require: 'require(PLUGINS + "/core/package.json").name',
    import:
      'JSON.parse(process.getBuiltinModule("fs").readFileSync(PLUGINS + "/core/package.json", "utf8")).name',
    gets: 'core',
  },
  {
    title: 'data: as it is',
    harmless: true,
    require: 'import("data:text/javascript,export default 1").then(found => String(found.default))',
    import: `String(${imported('"data:text/javascript,export default 1"')})`,
    gets: '1',
  },
  {
    title: 'a copy by its URL, from data:',
    require:
      'import("data:text/javascript,export{default}from" + JSON.stringify(URL_OF(PLUGINS + "/core/index.js"))).then(found => found.default)',
    import: imported(
      '"data:text/javascript,export{default}from" + JSON.stringify(URL_OF(PLUGINS + "/core/index.js"))',
    ),
    gets: same,
  },
  {
    title: 'import.meta.resolve',
    require: 'import("closed")',
    import: 'await import(import.meta.resolve("closed"))',
    gets: 'runtime import',
  },
  {
    title: 'a query',
    require: 'import("core/lib/deep.js#part").then(found => found.default)',
    import: imported('"core/lib/deep.js?x=1"'),
    gets: 'runtime deep',
  },
  {
    title: 'the runtime: its nested copy stays',
    harmless: true,
    inside: true,
    require: 'require("user").mark',
    import: `${imported('"user"')}.mark`,
    gets: 'nested',
  },
  {
    title: 'the runtime: a name that only lies above it',
    above: true,
    inside: true,
    ...byName('hidden'),
    gets: 'runtime hidden',
  },
  {
    title: 'the runtime: its own package with the name of a built-in',
    harmless: true,
    inside: true,
    require: 'require("user").slash',
    import: `${imported('"user"')}.slash`,
    gets: 'runtime events',
  },
];

const headOf = ({ folder, runtime, plugins }: GuardedWorld): string =>
  `const [ABOVE, RUNTIME, PLUGINS] = ${JSON.stringify([folder, runtime, plugins])};
const URL_OF = place => ${JSON.stringify(pathToFileURL('/').href)} + place.replace(/^\\//, '');\n`;

/** Writes them as files of the plugin or of the runtime; gives back each by its title and what it gets. */
export const layTricks = (world: GuardedWorld, above: boolean) => {
  const [files, expected]: [Record<string, string>, Record<string, string | RegExp>] = [{}, {}];
  const harmless: string[] = [];
  for (const [at, { title, inside, gets, ...trick }] of tricks.filter(one => above || !one.above).entries()) {
    writeFiles(world.plugins, trick.files ?? {});
    const folder = inside ? path.join(world.runtime, 'tricks') : path.join(world.plugins, 'plug');
    const head = headOf(world);
    const code = trick.import ?? trick.require.replaceAll(/\brequire\(/g, 'createRequire(import.meta.url)(');
    const needs = "import { createRequire } from 'node:module';\n";
    const isPathTrick = trick.import === null && /module\.paths|require\.resolve/.test(trick.require);
    writeFiles(folder, {
      [`${at}.cjs`]: `const { createRequire } = require('node:module');\n${head}module.exports = async () => ${trick.require};`,
      [`${at}.mjs`]: isPathTrick
        ? `export { default } from './${at}.cjs';`
        : `${needs}${head}export default async () => ${code};`,
    });
    const [byRequire, byImport] = typeof gets === 'string' || gets instanceof RegExp ? [gets, gets] : gets;
    for (const [kind, ending, wanted] of [
      ['require', 'cjs', byRequire],
      ['import', 'mjs', byImport],
    ] as const) {
      files[`${title}, ${kind}`] = path.join(folder, `${at}.${ending}`);
      expected[`${title}, ${kind}`] = wanted;
      if (trick.harmless) harmless.push(`${title}, ${kind}`);
    }
  }
  return { files, expected, harmless };
};
