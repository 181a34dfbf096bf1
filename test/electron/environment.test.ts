import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { attach, install, type Running } from '../support/electron/attached.ts';

/** Says what it was started with, and is ready. */
const tells = {
  'cli.js': `process.stdout.write('told ' + JSON.stringify({ env: process.env, argv: process.argv.slice(2) }) + '\\n');
const { STAGEDOOR_ATTEMPT: attempt, STAGEDOOR_VERSION: version } = process.env;
process.on('message', message => message.type === 'stagedoor.shutdown' && process.exit(0));
process.on('disconnect', () => process.exit(0));
process.send({ type: 'stagedoor.ready', attempt, version });
`,
};

type Told = { readonly env: Readonly<Record<string, string>>; readonly argv: readonly string[] };

const toldBy = ({ stagedoor }: Running): Promise<Told> =>
  new Promise(resolve => {
    let text = '';
    const detach = stagedoor.on('runtime:output', ({ chunk }) => {
      text += chunk.toString();
      const told = /told (\{.*\})\n/.exec(text)?.[1];
      if (told === undefined) return;
      detach();
      resolve(JSON.parse(told) as Told);
    });
  });

/** What is around a shell that was started from a terminal, by npm, under a debugger, by somebody hostile. */
const around = {
  ELECTRON_RUN_AS_NODE: '1',
  ELECTRON_NO_ATTACH_CONSOLE: '1',
  NODE_OPTIONS: '--max-http-header-size=9000',
  NODE_PATH: '/somewhere',
  LD_PRELOAD: '',
  npm_config_registry: 'https://evil.example',
  STAGEDOOR_ENTRY: '/somewhere/cli.js',
  KEPT_BY_APP: 'yes',
};

/** For one test, and with what a program needs to be found. */
const onlyEnvironment = (variables: Readonly<Record<string, string>>): void => {
  const before = { ...process.env };
  const replace = (by: NodeJS.ProcessEnv): void => {
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, by);
  };
  replace({ PATH: before.PATH, TMPDIR: before.TMPDIR, ...variables });
  onTestFinished(() => replace(before));
};

/** The script that stands in for the executable is run by `sh`, which adds these. */
const addedByScript: ReadonlySet<string> = new Set(['PWD', 'OLDPWD', 'SHLVL', '_']);

/** Node's own channel to its child. */
const channel: ReadonlySet<string> = new Set(['NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE']);

const namesIn = (env: Told['env']): readonly string[] =>
  Object.keys(env)
    .filter(name => !addedByScript.has(name) && !channel.has(name))
    .sort((a, b) => a.localeCompare(b));

for (const [kind, fuse, names] of [
  [
    'a child that runs as Node',
    'on',
    [
      'ELECTRON_RUN_AS_NODE',
      'KEPT_BY_APP',
      'PATH',
      'STAGEDOOR_ATTEMPT',
      'STAGEDOOR_ENTRY',
      'STAGEDOOR_EXEC',
      'STAGEDOOR_VERSION',
      'TMPDIR',
    ],
  ],
  [
    'a utility process',
    'off',
    ['KEPT_BY_APP', 'PATH', 'STAGEDOOR_ATTEMPT', 'STAGEDOOR_ENTRY', 'STAGEDOOR_VERSION', 'TMPDIR'],
  ],
] as const) {
  test(`P-37: the environment of ${kind} is clean, and the shell’s is left as it was`, async () => {
    onlyEnvironment(around);
    const shell = await install({ files: tells }, fuse);
    const before = { ...process.env };
    const running = attach(shell, { args: ['--port', '1'] });
    const told = toldBy(running);
    expect(await running.stagedoor.start()).toMatchObject({ outcome: 'running' });
    const { env, argv } = await told;
    expect(namesIn(env)).toEqual(names);
    expect(argv).toEqual(['--port', '1']);
    expect(env.STAGEDOOR_ENTRY).toBe(path.join(shell.bundled, 'cli.js'));
    expect(env.STAGEDOOR_VERSION).toBe('1.0.0');
    expect(env.STAGEDOOR_EXEC).toBe(fuse === 'on' ? shell.executable : undefined);
    await running.stagedoor.stop();
    expect({ ...process.env }).toEqual(before);
  });
}
