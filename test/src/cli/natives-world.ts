import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makePackage, type PackageSource } from '#src/testing/packages.js';
import { crossBytes, crossFile } from '../../support/natives/cross-files.ts';
import { type Ended, runCli, startCli } from './command-line.ts';
import { makeWorld, program, type World } from './world.ts';

/** The real file for this machine; by Node-API, so that it loads in every Node. */
const ownSystem = process.platform === 'linux' ? `linux-${process.arch}-gnu` : 'darwin-universal';

/** A package with one compiled file. */
export const compiled = (
  name: string,
  version: string,
  manifest: Readonly<Record<string, unknown>> = {},
): PackageSource => ({
  name,
  version,
  manifest,
  files: {
    'index.js': "module.exports = require('./build/Release/native.node');",
    'build/Release/native.node': crossBytes(ownSystem),
  },
});

/** A world whose bundle has natives for another system, with a cache of its own for the trees. */
export type NativesWorld = Omit<World, 'run' | 'start'> & {
  readonly cache: string;
  /** Lays a native dependency for another system into the bundle. */
  misfit(name: string): void;
  /** Publishes it, and gives back what `install` would say. */
  offer(name: string, version?: string): Readonly<Record<string, string>>;
  /** Names that lie below the trees' folder, by path, but for what comes and goes. */
  trees(): readonly string[];
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
  start(args: readonly string[], env?: Readonly<Record<string, string>>): ReturnType<typeof startCli>;
};

/** Versions and scratch folders below the tags, `<tag>/<name>`. */
const treesBelow = (root: string): readonly string[] =>
  !existsSync(root)
    ? []
    : readdirSync(root).flatMap(tag => {
        const versions = path.join(root, tag, 'versions');
        return existsSync(versions) ? readdirSync(versions).map(name => `${tag}/${name}`) : [];
      });

export const makeNativesWorld = async (): Promise<NativesWorld> => {
  const world = await makeWorld();
  world.bundle(program('1.0.0'));
  const cache = path.join(world.dir, 'cache');
  const env = { XDG_CACHE_HOME: cache, npm_config_fetch_retries: '0' };
  const modules = path.join(world.bundled, 'node_modules');
  return {
    ...world,
    cache,
    misfit: name => {
      const release = path.join(modules, name, 'build/Release');
      rmSync(path.join(modules, name), { recursive: true, force: true });
      mkdirSync(release, { recursive: true });
      writeFileSync(path.join(modules, name, 'package.json'), JSON.stringify({ name, version: '0.9.0' }));
      cpSync(crossFile('win32-arm64-msvc'), path.join(release, 'native.node'));
    },
    offer: (name, version = '1.0.0') => {
      const packed = makePackage(compiled(name, version));
      world.registry.publish(packed);
      return { [`${name}@${version}`]: packed.integrity };
    },
    trees: () => treesBelow(path.join(cache, 'stagedoor', 'runtime')),
    run: (args, more = {}) => runCli(args, { cwd: world.dir, env: { ...env, ...more } }),
    start: (args, more = {}) => startCli(args, { cwd: world.dir, env: { ...env, ...more } }),
  };
};
