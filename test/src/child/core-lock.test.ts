import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { nodeOf } from '../../../examples/demo/real-packages.ts';
import {
  type GuardedWorld,
  guardedWorld,
  packages,
  register,
  throughTricks,
  writeFiles,
} from '../../support/core-lock/guarded-world.ts';
import { layTricks } from '../../support/core-lock/tricks.ts';

/** The Nodes that can be had; those with all figures are the first of their kind: their loaders differ. */
const nodes = new Map<string, string>([[process.versions.node.split('.')[0] ?? '', process.execPath]]);
for (const version of process.env.STAGEDOOR_FULL === '1'
  ? ['20.18.3', '22.12.0', '22.15.0', '22', '24']
  : ['24']) {
  const node = await nodeOf(version).catch(() => null);
  if (node === null) console.warn(`Node ${version} is not tested: it can't be had`);
  else nodes.set(version, node);
}

const matching = (
  expected: Readonly<Record<string, string | RegExp>>,
  got: Readonly<Record<string, unknown>>,
) =>
  Object.entries(expected)
    .filter(([title, wanted]) => {
      const text = String(typeof got[title] === 'object' ? JSON.stringify(got[title]) : got[title]);
      return typeof wanted === 'string' ? text !== wanted : !wanted.test(text);
    })
    .map(([title, wanted]) => ({ title, wanted: String(wanted), got: got[title] }));

describe.each([...nodes.keys()])('Node %s', version => {
  const [major = 0, minor = Number.POSITIVE_INFINITY] = version.split('.').map(Number);
  const hasHooks = major > 22 || (major === 22 && minor >= 15);
  /** Not before 20.19 and 22.12. */
  const requiresModules = major >= 22 || minor >= 19;

  test.each([
    ['nothing', false],
    ['other copies', true],
  ])(
    'P-36: with %s above, whatever a plugin tries, it gets the runtime’s copy, or an error that says so',
    async (_, above) => {
      const world = await guardedWorld({ above });
      const { files, expected, harmless } = layTricks(world, above);
      const node = nodes.get(version) ?? '';
      const told = throughTricks(world, node, files);
      for (const where of ['main', 'worker', 'forked'] as const)
        expect({ where, wrong: matching(expected, told[where]) }).toEqual({ where, wrong: [] });
      // Without a guard each trick works: none is there in vain.
      const unguarded = throughTricks(world, node, files, { options: [] }).main;
      const inVain = Object.keys(expected).filter(
        title => !matching(expected, unguarded).some(one => one.title === title),
      );
      expect(inVain).toEqual(harmless);
    },
  );

  const node = nodes.get(version) ?? '';

  /** One program, and what it prints. */
  const run = (
    { lock }: Pick<GuardedWorld, 'lock'>,
    entry: string,
    {
      options = ['--require', register],
      env = {},
    }: { options?: readonly string[]; env?: NodeJS.ProcessEnv } = {},
  ) => {
    const given = { PATH: process.env.PATH, STAGEDOOR_CORE_LOCK_PATH: lock, ...env };
    const { stdout, stderr, status } = spawnSync(node, [...options, entry], { env: given, encoding: 'utf8' });
    return { said: stdout.trim(), warned: stderr, status };
  };

  /** A plugin with a copy of its own, in both kinds of modules. */
  const withPlugin = async () => {
    const world = await guardedWorld({ above: false });
    writeFiles(world.plugins, {
      ...packages.open('plug/node_modules/core', 'core', 'own'),
      'plug/index.cjs': 'module.exports = require("core").mark;',
      'plug/index.mjs': 'import core from "core"; export default core.mark;',
      'plug/say.cjs': 'console.log(require("core").mark);',
      'plug/say.mjs': 'import core from "core"; console.log(core.mark);',
    });
    return { ...world, plug: path.join(world.plugins, 'plug') };
  };

  const url = (...place: readonly string[]): string =>
    JSON.stringify(pathToFileURL(path.join(...place)).href);
  const file = (...place: readonly string[]): string => JSON.stringify(path.join(...place));

  test('P-36: the very first thing from outside is guarded, however it comes in', async () => {
    const world = await withPlugin();
    const { plug, runtime } = world;
    const require = `require('node:module').createRequire(${file(runtime, 'x.js')})`;
    const programs = {
      'a.cjs': `console.log(require(${file(plug, 'index.cjs')}));`,
      'b.cjs': `import(${url(plug, 'index.mjs')}).then(found => console.log(found.default));`,
      'c.cjs': `new Function('place', 'return import(place)')(${url(plug, 'index.mjs')}).then(found => console.log(found.default));`,
      'd.mjs': `import './inner.mjs'; console.log((await import(${url(plug, 'index.mjs')})).default);`,
      'e.mjs': `import { createRequire } from 'node:module'; console.log(createRequire(import.meta.url)(${file(plug, 'index.cjs')}));`,
      'f.cjs': `new (require('node:worker_threads').Worker)(${file(plug, 'say.cjs')});`,
      'g.mjs': `import { Worker } from 'node:worker_threads'; new Worker(new URL(${url(plug, 'say.mjs')}));`,
      'h.cjs': `require('node:child_process').fork(${file(plug, 'say.cjs')});`,
      'i.mjs': `import { fork } from 'node:child_process'; fork(${file(plug, 'say.mjs')});`,
      'j.cjs': `console.log(${require}('core').mark, require('core') === require(${file(plug, 'node_modules/core/index.js')}), ${require}(${file(plug, 'node_modules/core')}) === require('core'));`,
      'k.mjs': `import * as plug from ${url(plug, 'index.mjs')}; console.log(plug.default);`,
      'l.mjs': `console.log((await import('./list.mjs')).default);`,
      'm.cjs': `import('./list.mjs').then(found => console.log(found.default));`,
      'n.mjs': `import 'closed'; import list from './list.mjs'; console.log(list);`,
    };
    writeFiles(runtime, {
      ...programs,
      'inner.mjs': 'import "closed";',
      'list.mjs': `import plug from ${url(plug, 'index.mjs')}; export default plug;`,
    });
    const said = Object.keys(programs).map(name => [name, run(world, path.join(runtime, name)).said]);
    const otherwise = new Map([['j.cjs', 'runtime true true']]);
    expect(said).toEqual(Object.keys(programs).map(name => [name, otherwise.get(name) ?? 'runtime']));
  });

  test('P-36: a plugin’s ES module is looked at as its worst, also where the runtime’s files run without the hook', async () => {
    const world = await withPlugin();
    const { plug, runtime } = world;
    const name = 'a'.repeat(120);
    writeFiles(plug, {
      // What a pattern of a bounded length does not find.
      'long.js': `import ${name} from "core"; export default ${name}.mark;`,
      'package.json': { name: 'plug' },
    });
    writeFiles(runtime, {
      'a.mjs': "import './first.cjs'; import './second.cjs';",
      'first.cjs': `require(${file(plug, 'index.cjs')});`,
      'second.cjs': `console.log(require(${file(plug, 'long.js')}).default);`,
    });
    const { said, warned } = run(world, path.join(runtime, 'a.mjs'));
    if (hasHooks) expect(said).toBe('runtime');
    // Before 20.19 and 22.12 it is no module to `require`.
    else expect(warned).toContain(requiresModules ? 'ERR_REQUIRE_ESM' : 'Cannot use import statement');
  });

  test('P-36: what an ES module imports that is required is led, or refused where Node can not', async () => {
    const world = await withPlugin();
    const { plug, runtime } = world;
    writeFiles(plug, {
      'harmless.mjs': 'import "node:fs"; export default "its own";',
      'far.mjs': 'export { default } from "./near.mjs";',
      'near.mjs': 'export * from "two"; export { default } from "two";',
      ...packages.open('node_modules/two', 'two', 'own'),
      'node_modules/two/package.json': {
        name: 'two',
        exports: { import: './as-module.js', require: './as-common.cjs' },
      },
      'node_modules/two/as-common.cjs': '',
      'node_modules/two/as-module.js': 'import/**/core/**/from"core";export{core as default}',
      'gone.mjs': 'import closed from "closed"; export default closed;',
      'bare.js': 'import core from "core"; export default core.mark;',
      'package.json': { name: 'plug' },
    });
    const required = (place: string) =>
      `const found = require(${place}); console.log(found.default?.mark ?? found.default);`;
    const programs = {
      'a.cjs': required(file(plug, 'index.mjs')),
      'b.cjs': required(file(plug, 'far.mjs')),
      'c.cjs': required(file(plug, 'bare.js')),
      'd.cjs': required('"./list.mjs"'),
      'e.cjs': required('"./list.js"'),
      'f.cjs': required('"./typed"'),
      'g.mjs': `import { createRequire } from 'node:module'; console.log(createRequire(import.meta.url)(${file(plug, 'index.mjs')}).default);`,
    };
    writeFiles(runtime, {
      ...programs,
      'h.cjs': required(file(plug, 'harmless.mjs')),
      'list.mjs': `import plug from ${url(plug, 'index.mjs')}; export default plug;`,
      'list.js': `import plug from ${url(plug, 'index.mjs')}; export default plug;`,
      'typed/package.json': { type: 'module', main: 'main.js' },
      'typed/main.js': `import plug from ${url(plug, 'index.mjs')}; export default plug;`,
    });
    if (!requiresModules) {
      // Nothing is there to lead: such a Node has no `require` of ES modules.
      expect(run(world, path.join(runtime, 'h.cjs')).warned).toContain('ERR_REQUIRE_ESM');
      return;
    }
    const said = Object.keys(programs).map(name => {
      const told = run(world, path.join(runtime, name));
      return [name, told.said === '' ? (/ERR_REQUIRE_ESM/.exec(told.warned)?.[0] ?? told.warned) : told.said];
    });
    const expected = hasHooks ? 'runtime' : 'ERR_REQUIRE_ESM';
    expect(said).toEqual(Object.keys(programs).map(name => [name, expected]));
    expect(run(world, path.join(runtime, 'h.cjs')).said).toBe('its own');
  });

  test('K-06: threads are guarded before anything has come from outside, by what name ever their module is taken', async () => {
    const world = await withPlugin();
    const say = file(world.plug, 'say.cjs');
    const options = '{ execArgv: [], env: {} }';
    const programs = {
      'a.cjs': `new (require('worker_threads').Worker)(${say}, ${options});`,
      'b.cjs': `const { Worker } = require('node:worker_threads'); new Worker(${say}, ${options});`,
      'c.mjs': `import { Worker } from 'node:worker_threads'; new Worker(${say}, ${options});`,
      'd.mjs': `const { Worker } = await import('worker_threads'); new Worker(${say}, ${options});`,
      'e.cjs': `new (process.getBuiltinModule('worker_threads').Worker)(${say}, ${options});`,
      'f.mjs': `import { Worker } from './pool.cjs'; new Worker(${say}, ${options});`,
    };
    writeFiles(world.runtime, {
      ...programs,
      'pool.cjs': `exports.Worker = require('node:worker_threads').Worker;`,
    });
    const said = Object.keys(programs).map(name => [name, run(world, path.join(world.runtime, name)).said]);
    expect(said).toEqual(Object.keys(programs).map(name => [name, 'runtime']));
  });

  test('P-36: a refusal holds for the next try, and for whoever shares what was refused', async () => {
    const world = await withPlugin();
    const { plug, runtime } = world;
    writeFiles(plug, {
      'far.mjs': 'import "./good.mjs"; export { default } from "./near.mjs";',
      'near.mjs': 'import "./far.mjs"; import core from "core"; export default core.mark;',
      'other.mjs': 'export { default } from "./near.mjs";',
      'good.mjs': 'export default "good";',
      'hiding.mjs':
        'const f = class {} / 1; import core from "core"; let z = 4 / 2; export default core.mark;',
      'marked.mjs': '\uFEFFimport core from "core"; export default core.mark;',
      'data.mjs': `export { default } from ${JSON.stringify(`data:text/javascript,export{default}from${url(plug, 'index.mjs')}`)};`,
    });
    writeFiles(runtime, {
      'a.cjs': `for (const name of ['far', 'far', 'other', 'near', 'marked', 'hiding', 'data', 'good'])
        try { console.log(require(${file(plug)} + '/' + name + '.mjs').default); } catch (error) { console.log(error.code); }`,
    });
    const { said } = run(world, path.join(runtime, 'a.cjs'));
    const refused = 'ERR_REQUIRE_ESM';
    const each = hasHooks ? 'runtime' : refused;
    expect(said.split('\n')).toEqual([
      ...Array.from({ length: 7 }, () => each),
      requiresModules ? 'good' : refused,
    ]);
  });

  test('K-06: however a runtime is started, its imports are led', async () => {
    const world = await withPlugin();
    const { plug, runtime } = world;
    const text = `import plug from ${url(plug, 'index.mjs')}; console.log(plug);`;
    const away = path.join(runtime, 'away');
    writeFiles(away, {
      'main.mjs': text,
      'package.json': { main: 'main.mjs' },
      'detected.js': text,
      'typed/package.json': { type: 'module' },
      'typed/index.js': text,
    });
    const lock = { lock: world.lock };
    const detected = requiresModules ? 'runtime' : '';
    const said = [
      away,
      path.join(away, 'typed'),
      path.join(away, 'typed/index'),
      path.join(away, 'detected.js'),
      path.join(away, 'detected'),
    ].map(entry => run(lock, entry).said);
    expect(said).toEqual(['runtime', 'runtime', 'runtime', detected, detected]);
  });

  test('P-36: no condition, no vm, no cleared environment and no claim is a way round it', async () => {
    const world = await withPlugin();
    const { plug, runtime } = world;
    const own = path.join(plug, 'node_modules/core/index.js');
    writeFiles(plug, {
      'vm.mjs': `import vm from 'node:vm';
        const importModuleDynamically = vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER;
        const got = importModuleDynamically === undefined ? 'runtime' : (await vm.runInThisContext('import(' + JSON.stringify(${url(own)}) + ')', { importModuleDynamically })).default.mark;
        export default got;`,
      'worker.cjs': `const { Worker } = require('node:worker_threads');
        for (const name of Object.keys(process.env)) if (name.startsWith('STAGEDOOR_')) delete process.env[name];
        const all = [[], [{}], [{ env: { A: '1' } }], [{ execArgv: ['--conditions=require'] }]];
        const next = () => { const options = all.shift(); if (options) new Worker(${file(plug, 'say.mjs')}, ...options).once('exit', next); };
        next();`,
      'claim.cjs': `process.argv[1] = ${JSON.stringify(own)}; exports.default = require('node:module')._load(${JSON.stringify(own)}, null, true).mark;`,
    });
    const programs = {
      'a.mjs': `console.log((await import(${url(plug, 'vm.mjs')})).default);`,
      'b.cjs': `require('./nothing.cjs'); import(${url(plug, 'vm.mjs')}).then(found => console.log(found.default));`,
      'c.mjs': `await import(${url(plug, 'worker.cjs')});`,
      'd.cjs': `console.log(require(${file(plug, 'claim.cjs')}).default);`,
    };
    writeFiles(runtime, { ...programs, 'nothing.cjs': '' });
    const said = Object.keys(programs).map(name => [name, run(world, path.join(runtime, name)).said]);
    expect(said).toEqual([
      ['a.mjs', 'runtime'],
      ['b.cjs', 'runtime'],
      ['c.mjs', Array.from({ length: 4 }, () => 'runtime').join('\n')],
      ['d.cjs', 'runtime'],
    ]);
    const options = ['--conditions=require', '--require', register];
    writeFiles(runtime, { 'e.mjs': `console.log((await import(${url(plug, 'index.mjs')})).default);` });
    expect(run(world, path.join(runtime, 'e.mjs'), { options }).said).toBe('runtime');
  });

  test('K-06: a runtime that has hooks of its own in a thread runs, and is led', async () => {
    const world = await withPlugin();
    const { plug, runtime } = world;
    const hooks = `export const resolve = (specifier, context, next) => next(specifier === 'virtual:plug' ? ${url(plug, 'index.mjs')} : specifier, context);`;
    const both = `import './inner.mjs'; console.log((await import('virtual:plug')).default, require(${file(plug, 'index.cjs')}));`;
    const create = `import { createRequire, register } from 'node:module'; const require = createRequire(import.meta.url);`;
    writeFiles(runtime, {
      'hooks.mjs': hooks,
      'inner.mjs': 'import "closed";',
      'a.mjs': `${create} register('./hooks.mjs', import.meta.url); await import('./b.mjs');`,
      'b.mjs': `${create} ${both}`,
      'c.cjs': `require('closed'); require('node:module').register('./hooks.mjs', require('node:url').pathToFileURL(__filename)); import('./b.mjs');`,
      'd.mjs': `${create} console.log(require(${file(plug, 'index.cjs')})); register('./hooks.mjs', import.meta.url); await import('./b.mjs');`,
    });
    const loader = [
      '--no-warnings',
      '--experimental-loader',
      pathToFileURL(path.join(runtime, 'hooks.mjs')).href,
      '--require',
      register,
    ];
    const said = ['a.mjs', 'c.cjs', 'd.mjs'].map(name => run(world, path.join(runtime, name)));
    expect(said.map(one => (one.said === '' ? one.warned : one.said))).toEqual([
      'runtime runtime',
      'runtime runtime',
      'runtime\nruntime runtime',
    ]);
    expect(run(world, path.join(runtime, 'b.mjs'), { options: loader })).toMatchObject({
      said: 'runtime runtime',
    });
  });

  test('K-06: who is refused a required ES module, and imports it then, is led', async () => {
    const world = await withPlugin();
    writeFiles(world.runtime, {
      'a.cjs': `const load = async file => { try { return require(file); } catch (error) { if (error.code !== 'ERR_REQUIRE_ESM') throw error; return import(file); } };
        load(${file(world.plug, 'index.mjs')}).then(found => console.log(found.default));`,
    });
    expect(run(world, path.join(world.runtime, 'a.cjs')).said).toBe('runtime');
  });

  test('K-06: who compiles what is required, and says no kind of it, is in nobody’s way', async () => {
    const world = await withPlugin();
    const { plug, runtime } = world;
    writeFiles(plug, {
      'innocent.js': '// import what is needed\nmodule.exports = require("core").mark;',
      'package.json': { name: 'plug' },
    });
    const wrapping = `const { Module } = require('node:module'); const compile = Module.prototype._compile;
      Module.prototype._compile = function (text, file) { return compile.call(this, text, file); };`;
    writeFiles(runtime, {
      'a.cjs': `${wrapping} console.log(require(${file(plug, 'innocent.js')})); require('./own.js');`,
      'own.js': `// import and export\nimport(${url(plug, 'index.mjs')}).then(found => console.log(found.default));`,
    });
    expect(run(world, path.join(runtime, 'a.cjs')).said).toBe('runtime\nruntime');
  });

  test('K-06: what runs files without their texts hides no import, whatever they are called', async () => {
    const world = await withPlugin();
    const { plug, runtime } = world;
    for (const ending of ['.odd', '.odd.js', '.cjs']) {
      const called = `b${ending}`;
      writeFiles(runtime, {
        // Nothing in this text says that something is imported.
        'a.js': `const own = require.extensions['.js'];
          const odd = module => { module.exports = new Function('place', 'return im' + 'port(place)')(${url(plug, 'index.mjs')}); };
          require.extensions['${ending}'] = (module, name) => (name.endsWith('${called}') ? odd : own)(module, name);
          require('./${called}').then(found => console.log(found.default));`,
        [called]: '',
      });
      expect(run(world, path.join(runtime, 'a.js')).said, ending).toBe('runtime');
    }
  });

  test('K-06: a thread with the environment of its process starts, whatever options stand there', async () => {
    const world = await withPlugin();
    writeFiles(world.runtime, {
      'a.cjs': `const { Worker } = require('node:worker_threads');
        new Worker(${file(world.plug, 'say.cjs')}, { env: process.env }).once('exit', () => new Worker(${file(world.plug, 'say.cjs')}, { env: { ...process.env, A: '1' } }));`,
    });
    for (const how of [
      { options: ['--require', register], env: { NODE_OPTIONS: '--title=x' } },
      { options: [], env: { NODE_OPTIONS: `--title=x --require ${register}` } },
    ])
      expect(run(world, path.join(world.runtime, 'a.cjs'), how)).toMatchObject({
        said: 'runtime\nruntime',
        warned: '',
      });
  });

  test('K-06: a folder that is called like the runtime, and was not installed, is nobody’s copy', async () => {
    const world = await guardedWorld({ above: false });
    const home = path.join(world.folder, 'checkout');
    writeFiles(home, {
      'package.json': { name: 'the-runtime' },
      'plugins/one.cjs': 'module.exports = require("core").mark;',
    });
    writeFiles(world.runtime, { 'a.cjs': `console.log(require(${file(home, 'plugins/one.cjs')}));` });
    expect(run(world, path.join(world.runtime, 'a.cjs')).said).toBe('runtime');
  });

  test('K-06: a text that is one long word is looked through', async () => {
    const world = await withPlugin();
    writeFiles(world.runtime, {
      'a.cjs': 'console.log(require("./long.js"));',
      'long.js': `// import ${'a'.repeat(2_000_000)}\nmodule.exports = "read";`,
    });
    expect(run(world, path.join(world.runtime, 'a.cjs')).said).toBe('read');
  });

  test('K-06: what is not found where it was led to names who asked for it', async () => {
    const world = await withPlugin();
    const { plug, runtime } = world;
    writeFiles(plug, { 'none.cjs': 'require("core/none.js");', 'none.mjs': 'import "core/none.js";' });
    const asking = [file(plug, 'none.cjs'), url(plug, 'none.mjs')];
    writeFiles(runtime, {
      'a.cjs': `const tell = error => console.log(error.code, error.message.includes(${file(plug, 'none.')}) && error.stack.includes('by the core lock'));
        try { require(${asking[0]}); } catch (error) { tell(error); }
        import(${asking[1]}).catch(tell);`,
    });
    expect(run(world, path.join(runtime, 'a.cjs')).said).toBe(
      'MODULE_NOT_FOUND true\nERR_MODULE_NOT_FOUND true',
    );
  });

  test('K-06: what is resolved while a plugin’s file of CommonJS runs is led, too', async () => {
    const world = await withPlugin();
    const { plug, runtime } = world;
    writeFiles(plug, {
      'where.mjs': 'export default name => import.meta.resolve(name);',
      'ask.cjs': 'exports.where = globalThis.where("core");',
    });
    writeFiles(runtime, {
      'a.mjs': `import { createRequire } from 'node:module';
        globalThis.where = (await import(${url(plug, 'where.mjs')})).default;
        console.log(createRequire(import.meta.url)(${file(plug, 'ask.cjs')}).where);`,
    });
    expect(run(world, path.join(runtime, 'a.mjs')).said).toBe(
      pathToFileURL(path.join(runtime, 'node_modules/core/index.js')).href,
    );
  });

  test('K-07: a lock that can not be used is one warning, and everything is found as without it', async () => {
    const world = await withPlugin();
    const main = path.join(world.runtime, 'a.cjs');
    writeFiles(world.runtime, {
      'a.cjs': `const { Worker } = require('node:worker_threads');
        console.log(require(${file(world.plug, 'index.cjs')})); new Worker(${file(world.plug, 'say.cjs')});`,
    });
    const good = readFileSync(world.lock, 'utf8');
    const broken: readonly (readonly [string, string])[] = [
      ['cut off', good.slice(0, good.length / 2)],
      ['no JSON', 'nothing'],
      ['empty', ''],
      ['null', 'null'],
      ['another schema', good.replace('"schema": 1', '"schema": 2')],
      ['a place outside', good.replace('"place":"node_modules/core"', '"place":"../../core"')],
      ['a name that is none', good.replace('"name":"core"', '"name":"../core"')],
      ['a damaged line', good.replace('"name":"core"', '"name":"core')],
      ['no list', '{"schema":1,"packages":{}}'],
    ];
    for (const [what, text] of broken) {
      writeFileSync(world.lock, text);
      const { said, warned } = run(world, main);
      expect({ what, said, lines: warned.trim().split('\n').length }).toEqual({
        what,
        said: 'own\nown',
        lines: 1,
      });
      expect(warned).toMatch(
        /^stagedoor: the core lock can't be used \(.*\): packages are found as without it\n$/,
      );
    }
    for (const lock of [path.join(world.folder, 'none.json'), world.runtime])
      expect(run({ lock }, main)).toMatchObject({
        said: 'own\nown',
        warned: expect.stringMatching(/^stagedoor: .*\n$/),
      });
    expect(run({ lock: '' }, main)).toMatchObject({ said: 'own\nown', warned: '' });
  });

  test('K-07: a lock that goes before anything has come from outside is one warning then', async () => {
    const world = await withPlugin();
    writeFiles(world.runtime, {
      'a.cjs': `require('node:fs').rmSync(${file(world.lock)});
        console.log(require('core').mark, require(${file(world.plug, 'index.cjs')}), require(${file(world.plug, 'index.cjs')}));`,
    });
    const { said, warned } = run(world, path.join(world.runtime, 'a.cjs'));
    expect(said).toBe('runtime own own');
    expect(warned).toMatch(
      /^stagedoor: the core lock can't be used \(ENOENT.*\): packages are found as without it\n$/,
    );
  });

  test('K-06: the lock is the one that was given, whatever becomes of the folder and of fs before it is read', async () => {
    const world = await withPlugin();
    writeFiles(world.runtime, {
      'a.cjs': `process.chdir(${file(world.plug)});
        const fs = require('node:fs');
        const { readFileSync, statSync } = fs;
        fs.statSync = (of, ...how) => of === ${file(world.lock)} ? fs.nothing() : statSync(of, ...how);
        fs.readFileSync = (from, ...how) => from === ${file(world.lock)} ? 'nothing' : readFileSync(from, ...how);
        require('node:module').syncBuiltinESMExports();
        console.log(require(${file(world.plug, 'index.cjs')}));
        new (require('node:worker_threads').Worker)(${file(world.plug, 'say.cjs')});`,
    });
    const lock = path.relative(process.cwd(), world.lock);
    const entry = path.join(world.runtime, 'a.cjs');
    expect(run({ lock }, entry)).toEqual({ said: 'runtime\nruntime', warned: '', status: 0 });
  });

  test('K-06: a lock beside the runtime’s folder counts from the entry, and one that is formatted otherwise as well', async () => {
    const world = await withPlugin();
    writeFiles(world.runtime, { 'lib/a.cjs': `console.log(require(${file(world.plug, 'index.cjs')}));` });
    const lock = path.join(world.folder, 'a-lock.json');
    writeFileSync(lock, JSON.stringify(JSON.parse(readFileSync(world.lock, 'utf8')), null, 4));
    const entry = path.join(world.runtime, 'lib/a.cjs');
    expect(run({ lock }, entry)).toMatchObject({ said: 'runtime', warned: '' });
    renameSync(path.join(world.runtime, 'node_modules/@team'), path.join(world.runtime, 'node_modules/team'));
    expect(run({ lock }, entry)).toMatchObject({
      said: 'own',
      warned: expect.stringMatching(/its places are neither/),
    });
  });

  test('K-06: it is loaded by --import, too, under its public name', async () => {
    const world = await withPlugin();
    const home = path.join(world.runtime, 'node_modules/stagedoor');
    symlinkSync(path.resolve(import.meta.dirname, '../../..'), home);
    writeFiles(world.runtime, {
      'd.mjs': `console.log((await import(${url(world.plug, 'index.mjs')})).default);`,
    });
    for (const option of ['--import', '--require']) {
      const options = [option, option === '--import' ? pathToFileURL(register).href : register];
      expect(run(world, path.join(world.runtime, 'd.mjs'), { options }).said).toBe('runtime');
    }
    const { stdout } = spawnSync(node, ['-p', 'require.resolve("stagedoor/core-lock-register")'], {
      cwd: world.runtime,
      encoding: 'utf8',
    });
    expect(stdout.trim()).toBe(register);
  });

  test('K-06, N-08: what is led to as a native is the runtime’s own, also for its plugins', async () => {
    const world = await withPlugin();
    const native = path.join(world.folder, 'tree/node_modules/core');
    writeFiles(world.folder, packages.open('tree/node_modules/core', 'core', 'native'));
    writeFiles(world.runtime, {
      'a.cjs': `import(${url(world.plug, 'index.mjs')}).then(found => console.log(require('core').mark, require(${file(world.plug, 'index.cjs')}), found.default));`,
    });
    const natives = register.replace('core-lock-register', 'natives');
    const options = ['--require', natives, '--require', register];
    const env = { STAGEDOOR_NATIVE_DIRS: JSON.stringify({ core: native }) };
    expect(run(world, path.join(world.runtime, 'a.cjs'), { options, env }).said).toBe('native native native');
  });

  test('K-06: a package that only comes as a native is the runtime’s own, though no lock knows of it', async () => {
    const world = await withPlugin();
    const native = path.join(world.folder, 'tree/node_modules/nat');
    writeFiles(world.folder, packages.open('tree/node_modules/nat', 'nat', 'native'));
    writeFiles(world.plug, {
      ...packages.open('node_modules/nat', 'nat', 'own'),
      'nat.cjs': 'module.exports = require("nat").mark;',
      'nat.mjs': 'import nat from "nat"; export default nat.mark;',
    });
    writeFiles(world.runtime, {
      'a.cjs': `const own = require(${file(world.plug, 'nat.cjs')}); import(${url(world.plug, 'nat.mjs')})
        .then(found => console.log(require('nat').mark, own, found.default, require(${file(world.plug, 'node_modules/nat')}).mark));`,
    });
    const natives = register.replace('core-lock-register', 'natives');
    const options = ['--require', natives, '--require', register];
    const env = { STAGEDOOR_NATIVE_DIRS: JSON.stringify({ nat: native }) };
    expect(run(world, path.join(world.runtime, 'a.cjs'), { options, env }).said).toBe(
      'native native native native',
    );
  });

  test('K-06: a name under which the runtime has another package, or another version, belongs to the runtime', async () => {
    const world = await guardedWorld({
      above: false,
      more: {
        ...packages.open('node_modules/react', '@preact/compat', 'compat'),
        ...packages.closed('node_modules/closed17', 'closed', 'second'),
        ...packages.open('node_modules/aaa', 'core', 'alias'),
      },
    });
    const names = ['react', '@preact/compat', 'closed17', 'closed17/sub', 'aaa', 'core', 'closed'];
    writeFiles(world.plugins, {
      ...packages.open('react', 'react', 'own'),
      ...packages.open('@preact/compat', '@preact/compat', 'own'),
      ...packages.closed('closed17', 'closed', 'own'),
      ...packages.closed('closed', 'closed', 'own'),
      ...packages.open('core', 'core', 'own'),
      'plug/index.cjs': `module.exports = ${JSON.stringify(names)}.map(name => require(name).mark);`,
      'plug/index.mjs': `export default (await Promise.all(${JSON.stringify(names)}.map(name => import(name)))).map(({ default: whole, mark }) => mark ?? whole.mark);`,
    });
    const plug = path.join(world.plugins, 'plug');
    writeFiles(world.runtime, {
      'a.cjs': `const own = require(${file(plug, 'index.cjs')}); import(${url(plug, 'index.mjs')})
        .then(found => console.log(JSON.stringify([own, found.default])));`,
    });
    const marks = (kind: string) => [
      ...['compat', 'compat', `second ${kind}`, `second sub ${kind}`, 'alias', 'runtime', `runtime ${kind}`],
    ];
    const { said } = run(world, path.join(world.runtime, 'a.cjs'));
    expect(JSON.parse(said)).toEqual([marks('require'), marks('import')]);
  });

  test('K-06: threads with options or an environment of their own are guarded as well, once something has come from outside', async () => {
    const world = await withPlugin();
    const say = { cjs: file(world.plug, 'say.cjs'), mjs: file(world.plug, 'say.mjs') };
    writeFiles(world.plug, {
      'start.cjs': `const threads = require('node:worker_threads');
        const { Worker } = threads;
        class Pool extends Worker { constructor(file) { super(file, { execArgv: [], env: {} }); } }
        module.exports = async () => {
          const { Worker: Imported } = await import('node:worker_threads');
          const ended = worker => new Promise((resolve, reject) => worker.once('error', reject).once('exit', resolve));
          const all = [${say.cjs}, ${say.mjs}].flatMap(file => [
            () => new Worker(file, { execArgv: [] }),
            () => new Worker(file, { env: {} }),
            () => new Worker(file, { env: { NODE_OPTIONS: '--no-warnings', STAGEDOOR_CORE_LOCK_PATH: '' } }),
            () => new Worker(file, { env: threads.SHARE_ENV, execArgv: ['--no-warnings'] }),
            () => new Worker(file),
            () => new Pool(file),
            () => new Imported(file, { execArgv: [], env: {} }),
          ]);
          for (const start of all) {
            const worker = start();
            if (!(worker instanceof Worker && worker instanceof Imported)) throw new Error('another class');
            await ended(worker);
          }
          const pool = new Pool(${say.cjs});
          await ended(pool);
          console.log(pool instanceof Pool, pool.constructor === Pool, new Worker('0', { eval: true }).constructor === Worker);
        };`,
    });
    writeFiles(world.runtime, {
      'a.cjs': `const { Worker: before } = require('node:worker_threads');
        require(${file(world.plug, 'start.cjs')})().then(() => {
          console.log(require('node:worker_threads').Worker.name, new before('0', { eval: true }) instanceof require('node:worker_threads').Worker);
          try { new (require('node:worker_threads').Worker)(1, {}); } catch (error) { console.log(error.code); }
        });`,
    });
    const expected = [
      ...Array.from({ length: 15 }, () => 'runtime'),
      ...['true true true', 'Worker true', 'ERR_INVALID_ARG_TYPE'],
    ];
    for (const how of [
      { options: ['--require', register] },
      { options: [], env: { NODE_OPTIONS: `--require ${register}` } },
    ]) {
      const { said, warned } = run(world, path.join(world.runtime, 'a.cjs'), how);
      expect({ said: said.split('\n'), warned }).toEqual({ said: expected, warned: '' });
    }
  });

  test('P-36: links that are kept as they are lead to no second copy', async () => {
    const world = await withPlugin();
    symlinkSync(path.join(world.runtime, 'node_modules/core'), path.join(world.plug, 'same'));
    mkdirSync(path.join(world.plug, 'parts'));
    symlinkSync(path.join(world.folder, 'elsewhere/core/index.js'), path.join(world.plug, 'parts/other.js'));
    symlinkSync(
      path.join(world.runtime, 'node_modules/nameless/x.js'),
      path.join(world.plug, 'parts/nameless.js'),
    );
    writeFiles(world.runtime, {
      'node_modules/nameless/package.json': {},
      'node_modules/nameless/x.js': 'module.exports = {};',
      'a.cjs': `const { Core } = require('core'); const plug = require('node:module').createRequire(${file(world.plug, 'x.js')});
        console.log(plug('./same').Core === Core, plug('./parts/other.js').Core === Core, plug('./parts/nameless.js') === require('nameless/x.js'));`,
    });
    for (const more of [[], ['--preserve-symlinks']])
      expect(
        run(world, path.join(world.runtime, 'a.cjs'), { options: [...more, '--require', register] }).said,
      ).toBe('true true true');
  });

  test('K-06: what the runtime imports statically, and has no way to inside, is not taken from above', async () => {
    const world = await guardedWorld({ above: true });
    writeFiles(world.runtime, { 'a.mjs': 'import hidden from "hidden"; console.log(hidden.mark);' });
    const main = path.join(world.runtime, 'a.mjs');
    expect(run(world, main, { options: [] }).said).toBe('above');
    expect(run(world, main).said).toBe('runtime hidden');
  });

  test('K-06: what a worker is started with is that file, whatever links lead to it, and what it needs is led', async () => {
    const world = await withPlugin();
    const worker = path.join(world.plug, 'node_modules/core/worker.cjs');
    writeFiles(world.plug, {
      'node_modules/core/worker.cjs': 'console.log(__filename.includes("plug"), require("core").mark);',
    });
    symlinkSync(world.folder, path.join(world.folder, 'link'));
    const linked = path.join(world.folder, 'link', path.relative(world.folder, worker));
    for (const start of [worker, linked]) {
      writeFiles(world.runtime, {
        'a.cjs': `new (require('node:worker_threads').Worker)(${JSON.stringify(start)});`,
      });
      for (const option of ['--require', '--import']) {
        const options = [option, option === '--import' ? pathToFileURL(register).href : register];
        expect(run(world, path.join(world.runtime, 'a.cjs'), { options }).said).toBe('true runtime');
      }
    }
  });

  test('K-06: a forked program that is itself part of another copy is that program', async () => {
    const world = await withPlugin();
    const program = path.join(world.plug, 'node_modules/core/bin/tool.js');
    writeFiles(world.plug, {
      'node_modules/core/bin/tool.js': 'console.log(require("../index.js").mark, require("core").mark);',
    });
    writeFiles(world.runtime, { 'a.cjs': `require('node:child_process').fork(${JSON.stringify(program)});` });
    expect(run(world, path.join(world.runtime, 'a.cjs')).said).toBe('own own');
  });
});
