import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readBadVersions } from '#src/store/bad-versions.js';
import { app, fs, next, stage, until } from '../support/app-world.ts';
import { attach, type Installed, install } from '../support/electron/attached.ts';
import { newDouble } from '../support/electron/shell-facts.ts';
import { around, type Forks, forksOf, readingLate, unborn } from '../support/electron/utility.ts';

type Source = NonNullable<Parameters<typeof stage>[2]>;

/** What an installed shell has staged for its next start. */
const staged = async (shell: Installed, source: Source): Promise<void> => {
  const { dir, bundled, layout } = shell;
  await stage(
    { dir, bundled, layout, options: { package: app, bundled, store: layout.root } },
    '1.1.0',
    source,
  );
};

/** Starts, waits for the verdict, and tells the marks with it. */
const start = async (shell: Installed, utilityProcess: Forks) => {
  const { stagedoor } = attach(shell, { utilityProcess });
  const judged = next(stagedoor, 'runtime:judged');
  const { outcome, version } = await stagedoor.start().then(started => ({ version: null, ...started }));
  const blamed = (await judged).judgements.map(({ verdict }) => verdict.kind);
  return { outcome, version, blamed, bad: readBadVersions(fs, shell.layout).map(({ version: bad }) => bad) };
};

test('P-26: a utility process that ends for a taken port blames no version, though its words come after its end', async () => {
  const shell = await install({}, 'off');
  await staged(shell, { behaviour: 'eaddrinuse' });
  expect(await start(shell, readingLate(forksOf(newDouble())))).toMatchObject({
    version: '1.0.0',
    blamed: ['environment'],
    bad: [],
  });
});

test('P-26: a utility process that dies at its start by its own fault blames its version', async () => {
  const shell = await install({}, 'off');
  await staged(shell, { behaviour: 'dies-at-start' });
  expect(await start(shell, readingLate(forksOf(newDouble())))).toMatchObject({
    version: '1.0.0',
    blamed: ['version'],
    bad: ['1.1.0'],
  });
});

/** The first `count` processes are never born. */
const barren = (count: number) => {
  let forked = 0;
  const forks = around(forksOf(newDouble()), (fork, ...given) => {
    forked += 1;
    return forked > count ? fork(...given) : unborn().process;
  });
  return { forks, forked: () => forked };
};

for (const [count, what, wanted] of [
  [1, 'falls back where a utility process never begins', { outcome: 'running', version: '1.0.0', bad: [] }],
  [2, 'ends where no utility process ever begins', { outcome: 'exhausted', bad: [] }],
] as const) {
  test(`P-26: a launch ${what}, and blames no version`, async () => {
    const shell = await install({}, 'off');
    await staged(shell, {});
    const { forks, forked } = barren(count);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const launch = start(shell, forks);
    for (let tried = 1; tried <= count; tried += 1) {
      await until(() => forked() === tried);
      await vi.advanceTimersByTimeAsync(15_250);
    }
    vi.useRealTimers();
    expect(await launch).toMatchObject(wanted);
  });
}

/** Leaves a helper with a port behind and dies; the number of the port is in a file. */
const leavesHelper = (file: string): string => `import { spawn } from 'node:child_process';
const helper = spawn(process.execPath, ['-e', ${JSON.stringify(`
  const server = require('node:net').createServer().listen(0, '127.0.0.1', () => {
    require('node:fs').writeFileSync(${JSON.stringify(file)}, String(server.address().port));
    process.stdout.write('up');
  });
  setTimeout(() => process.exit(), 60_000);`)}], { stdio: ['ignore', 'pipe', 'ignore'] });
helper.stdout.once('data', () => process.exit(1));
`;

/** Needs the same port. */
const needsPort = (file: string): string => `import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
process.on('message', ({ type }) => type === 'stagedoor.shutdown' && process.exit(0));
const { STAGEDOOR_ATTEMPT: attempt, STAGEDOOR_VERSION: version } = process.env;
createServer().listen(Number(readFileSync(${JSON.stringify(file)}, 'utf8')), '127.0.0.1', () =>
  process.send({ type: 'stagedoor.ready', attempt, version }));
`;

test.runIf(process.platform === 'linux')(
  'P-31: what a crashed utility process has started is ended before its fallback starts, which needs the same port',
  async () => {
    const shell = await install({}, 'off');
    const file = path.join(shell.dir, 'port');
    fs.writeFileSync(path.join(shell.bundled, 'cli.js'), needsPort(file));
    await staged(shell, { files: { 'cli.js': leavesHelper(file) } });
    expect(await start(shell, forksOf(newDouble()))).toMatchObject({
      outcome: 'running',
      version: '1.0.0',
      bad: ['1.1.0'],
    });
  },
);
