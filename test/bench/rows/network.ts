import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Bench, inFolder } from '../bench.ts';
import { type Row, timed } from '../row.ts';
import { interleaved, median } from '../statistics.ts';
import { quietEnvironment } from '../subject-process.ts';

/** The first version with compiled files for Linux. */
const spec = 'node-pty@1.2.0-beta.11';
const stagedoor = fileURLToPath(new URL('../../../src/cli/main.js', import.meta.url));
const run = promisify(execFile);

/** A registry may ask for certificates that the quiet environment leaves out. */
const environment = (cache: string): NodeJS.ProcessEnv => {
  const { NODE_EXTRA_CA_CERTS: certificates } = process.env;
  return {
    ...quietEnvironment(),
    ...(certificates === undefined ? {} : { NODE_EXTRA_CA_CERTS: certificates }),
    XDG_CACHE_HOME: cache,
  };
};

const command = async (
  folder: string,
  ...args: readonly string[]
): Promise<Readonly<Record<string, unknown>>> => {
  const options = { cwd: folder, env: environment(path.join(folder, 'cache')) };
  const { stdout } = await run(process.execPath, [stagedoor, ...args, '--json'], options);
  return Object(JSON.parse(stdout));
};

const configure = (folder: string, native: readonly object[]): void => {
  const bundled = path.join(folder, 'bundled');
  mkdirSync(bundled, { recursive: true });
  writeFileSync(path.join(bundled, 'package.json'), '{"name":"runtime","version":"1.0.0","main":"index.js"}');
  writeFileSync(path.join(bundled, 'index.js'), '');
  const config = { package: 'runtime', bundled: 'bundled', native };
  writeFileSync(path.join(folder, 'stagedoor.config.json'), JSON.stringify(config));
};

const timeOf = async (work: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
};

/**
 * The first installation of a native dependency from the real registry, caches empty: fetched, held against its pins, loaded in a
 * child and committed; beside npm, which only fetches and unpacks.
 */
export const networkRows = (bench: Bench): Promise<readonly Row[]> =>
  inFolder(bench, async pinning => {
    bench.say(`the first installation of ${spec}, from the network`);
    configure(pinning, []);
    const { install } = await command(pinning, 'natives', 'pin', spec);
    const ours = (): Promise<number> =>
      inFolder(bench, async folder => {
        configure(folder, [{ name: 'node-pty', install }]);
        return timeOf(async () => {
          const { outcome } = await command(folder, 'natives', 'ensure');
          if (outcome !== 'ready') throw new Error(`natives ensure ended as ${String(outcome)}`);
        });
      });
    const npm = (): Promise<number> =>
      inFolder(bench, async folder => {
        writeFileSync(path.join(folder, 'package.json'), '{}');
        const args = ['install', spec, '--ignore-scripts', '--no-audit', '--no-fund', '--cache', 'cache'];
        return timeOf(() => run('npm', args, { cwd: folder, env: environment(folder) }));
      });
    const times = await interleaved(bench.runs, { ours, npm });
    return [
      timed({
        what: `first installation of ${spec} for an ABI, whole process`,
        ours: median(times.ours),
        yardstick: { name: 'npm install --ignore-scripts', value: median(times.npm) },
      }),
    ];
  });
