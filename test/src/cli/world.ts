import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makePackage, type PackageSource } from '#src/testing/packages.js';
import { type LoopbackRegistry, startRegistry } from '#src/testing/registry.js';
import { writeRuntime } from '#src/testing/runtimes.js';
import { type Ended, runCli, startCli, temporary } from './command-line.ts';

/**
 * Does what `first` says, prints that it is up, then tells that it is ready: whoever hears of the one knows that the
 * other is on its way. `after` comes after both.
 */
export const program = (
  version: string,
  { first = '', after = '', manifest = {} }: { first?: string; after?: string; manifest?: object } = {},
): PackageSource => ({
  name: 'app',
  version,
  manifest: { type: 'module', bin: 'cli.js', ...manifest },
  files: {
    'cli.js': `process.on('message', () => undefined);
process.stdin.on('end', () => process.exit(0)).resume();
${first}
process.stdout.write('${version} is up\\n', () => {
  process.send({ type: 'stagedoor.ready', attempt: process.env.STAGEDOOR_ATTEMPT }, () => {
    ${after}
  });
});
`,
  },
});

/** Dies before it is ready. */
export const broken = (version: string, code = 3): PackageSource => ({
  name: 'app',
  version,
  manifest: { type: 'module', bin: 'cli.js' },
  files: { 'cli.js': `console.error('no way'); process.exitCode = ${code};\n` },
});

/** A registry, a store and a bundled runtime of their own, and the command line that works on them. */
export type World = {
  readonly registry: LoopbackRegistry;
  readonly dir: string;
  readonly store: string;
  readonly bundled: string;
  publish(source: PackageSource): void;
  bundle(source: PackageSource): void;
  config(value: Readonly<Record<string, unknown>>): void;
  /** Runs a command with the options of this world in its `stagedoor.config.json`. */
  run(...args: readonly string[]): Promise<Ended>;
  start(...args: readonly string[]): ReturnType<typeof startCli>;
  close(): Promise<void>;
};

export const makeWorld = async (): Promise<World> => {
  const registry = await startRegistry();
  const dir = temporary('cli');
  const bundled = path.join(dir, 'bundled');
  const usual = { package: 'app', registry: registry.url, store: 'store', bundled: 'bundled', probe: 'ipc' };
  const config: World['config'] = value => {
    writeFileSync(path.join(dir, 'stagedoor.config.json'), JSON.stringify({ ...usual, ...value }));
  };
  mkdirSync(bundled);
  config({});
  return {
    registry,
    dir,
    store: path.join(dir, 'store'),
    bundled,
    publish: source => registry.publish(makePackage(source)),
    bundle: source => {
      rmSync(bundled, { recursive: true, force: true });
      writeRuntime(bundled, source);
    },
    config,
    run: (...args) => runCli(args, { cwd: dir }),
    start: (...args) => startCli(args, { cwd: dir }),
    close: async () => {
      await registry.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
};
