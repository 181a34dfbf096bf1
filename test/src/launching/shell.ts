/** A shell of its own: `node shell.js OPTIONS` launches, says what it is doing and lives until it is killed. */
import { createLauncher } from '#src/launcher.js';
import type { StagedoorOptions } from '#src/options.js';

const options = JSON.parse(process.argv[2] ?? '{}') as StagedoorOptions;
const launcher = createLauncher(options);
const say = (what: Readonly<Record<string, unknown>>): void =>
  void process.stdout.write(`${JSON.stringify(what)}\n`);

launcher.on('runtime:output', ({ chunk }) => say({ output: chunk.toString() }));
launcher.on('runtime:ready', ({ version, pid }) => say({ ready: version, pid }));
await launcher.start();
