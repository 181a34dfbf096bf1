import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import semverGte from 'semver/functions/gte.js';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startRegistry } from '#src/testing/index.js';
import { freePort } from '../../examples/demo/free-port.ts';
import { asLater, dying } from '../../examples/demo/kanban-releases.ts';
import { askRegistry, fetchPackage, recentNode, unpackInto } from '../../examples/demo/real-packages.ts';
import { json, runCli } from '../src/cli/command-line.ts';
import { isFull } from '../support/proof/run.ts';
import { openApp } from './app.ts';
import { startRun } from './run-command.ts';

const run = promisify(execFile);
const before = '0.1.69';
const after = '0.1.70';

const unreachable = isFull
  ? await askRegistry(`kanban@${after}`).then(
      () => null,
      (error: unknown) => String(error),
    )
  : 'a full run alone reaches a registry beyond this machine';
if (unreachable !== null) process.stderr.write(`test/flows/kanban.test.ts is skipped: ${unreachable}\n`);

/** How this machine reaches its registry; other tests go without it. */
const registryAccess = Object.fromEntries(
  Object.entries(process.env).filter(
    (pair): pair is [string, string] =>
      pair[1] !== undefined && /^(npm_config_.*|NODE_EXTRA_CA_CERTS)$/i.test(pair[0]),
  ),
);

/** Opens a real terminal with the staged native module and prints what a shell said in it. */
const openTerminal = `
  const shell = process.platform === 'win32' ? ['cmd.exe', ['/c', 'echo', 'terminal-is-there']] : ['/bin/sh', ['-c', 'test -t 0 && echo terminal-is-there']];
  const pty = require(process.argv[1]).spawn(shell[0], shell[1], { cols: 80, rows: 24 });
  pty.onData(data => process.stdout.write(data));
  pty.onExit(({ exitCode }) => process.exit(exitCode));
`;

describe.skipIf(unreachable !== null)('the real kanban package', { timeout: 120_000 }, () => {
  let folder: string;
  let exec: string;
  let port: number;
  let flags: readonly string[];
  /** What the registry's `latest` was: 0.1.70, or a later one. */
  let updated: string;
  const place = (...names: readonly string[]): string => path.join(folder, ...names);
  const address = (): string => `http://127.0.0.1:${port}/`;
  const args = (): readonly string[] => ['--port', String(port), '--no-open', '--no-passcode'];
  const page = async (): Promise<string> => (await fetch(address())).text();
  const pageIn = (tree: string): string => readFileSync(path.join(tree, 'dist/web-ui/index.html'), 'utf8');
  /** The package writes into its user's home. */
  const home = () => ({ HOME: place('home'), USERPROFILE: place('home') });
  const cli = async (...words: readonly string[]): Promise<unknown> => {
    const ended = await runCli([...words, '--json', ...flags], { cwd: folder, env: registryAccess });
    expect(ended.stderr).toBe('');
    return json(ended);
  };

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'stagedoor-kanban-'));
    exec = await recentNode();
    port = await freePort();
    mkdirSync(place('home'));
    await unpackInto(place('node-pty'), await fetchPackage('node-pty@1.2.0-beta.11'));
    flags = ['--package', 'kanban', '--exec', exec, '--store', place('store'), '--bundled', place('bundled')];
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

  test('C-06: bundle puts the exact version with its native module into the resources of the shell', async () => {
    const native = `node-pty=${place('node-pty')}`;
    expect(await cli('bundle', '--use-version', before, '--native', native)).toMatchObject({
      outcome: 'bundled',
      version: before,
      entry: 'dist/cli.js',
      natives: ['node-pty'],
    });
  });

  test('U-06, U-07: update stages the next version from the configured registry, and it runs and answers', async () => {
    expect(await cli('check', '--native', 'node-pty')).toMatchObject({
      outcome: 'update-available',
      current: before,
    });
    expect(await cli('update', '--native', 'node-pty')).toMatchObject({ outcome: 'staged' });
    const staged = await cli('check', '--native', 'node-pty');
    expect(staged).toMatchObject({ outcome: 'already-staged' });
    updated = (staged as { readonly version: string }).version;
    expect(semverGte(updated, after)).toBe(true);
    const tree = place('store', 'versions', updated);

    const app = startRun([...flags, '--probe', address(), '--no-updates', '--', ...args()], {
      cwd: folder,
      env: home(),
    });
    expect(await app.next('runtime:ready')).toMatchObject({ version: updated, role: 'override' });
    expect(await page()).toBe(pageIn(tree));
    await app.stop();

    const terminal = await run(exec, ['-e', openTerminal, path.join(tree, 'node_modules', 'node-pty')]);
    expect(terminal.stdout).toContain('terminal-is-there');
  });

  test('L-03, L-06: a version that is made to fail is left in the same launch, marked, and the one before answers', async () => {
    const registry = await startRegistry();
    onTestFinished(() => registry.close());
    const broken = '99.0.0';
    await unpackInto(place('kanban'), await fetchPackage(`kanban@${after}`));
    registry.publish(asLater(place('kanban'), broken, dying));
    const app = openApp({
      package: 'kanban',
      registry: registry.url,
      store: place('store'),
      bundled: place('bundled'),
      exec,
      natives: [{ name: 'node-pty' }],
      probe: address(),
      args: args(),
      cwd: folder,
      env: { ...process.env, ...home() },
    });
    expect(await app.start()).toMatchObject({ outcome: 'running', version: updated, role: 'override' });
    const trusted = app.next('runtime:trusted');
    expect(await app.restart()).toMatchObject({ outcome: 'running', version: updated });
    expect(await trusted).toEqual({ version: updated });
    expect(await app.update()).toMatchObject({ outcome: 'staged', version: broken });
    const rolledBack = app.next('runtime:rolled-back');
    expect(await app.restart()).toMatchObject({ outcome: 'running', version: updated, role: 'previous' });
    expect(await rolledBack).toMatchObject({ version: broken, running: updated });
    expect(await page()).toBe(pageIn(place('store', 'versions', updated)));
    expect(await app.check()).toMatchObject({ outcome: 'bad-version', version: broken });
  });
});
