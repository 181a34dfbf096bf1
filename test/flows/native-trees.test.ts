import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { StagedoorOptions } from '#src/options.js';
import { freePort } from '../../examples/demo/free-port.ts';
import { askRegistry, fetchPackage, nodeOfMajor, unpackInto } from '../../examples/demo/real-packages.ts';
import { json, runCli } from '../src/cli/command-line.ts';
import { isFull } from '../support/proof/run.ts';
import { type App, openApp } from './app.ts';

const kanban = 'kanban@0.1.70';
const pty = 'node-pty@1.2.0-beta.11';

const unreachable = isFull
  ? await askRegistry(kanban).then(
      () => null,
      (error: unknown) => String(error),
    )
  : 'a full run alone reaches a registry beyond this machine';
if (unreachable !== null)
  process.stderr.write(`test/flows/native-trees.test.ts is skipped: ${unreachable}\n`);

const registryAccess = Object.fromEntries(
  Object.entries(process.env).filter(
    (pair): pair is [string, string] =>
      pair[1] !== undefined && /^(npm_config_.*|NODE_EXTRA_CA_CERTS)$/i.test(pair[0]),
  ),
);

/** Before it becomes kanban, the runtime opens a terminal by the native module that it gets, and says on which Node. */
const throughATerminal = `
import { spawn } from 'node-pty';
const shell = spawn('/bin/sh', ['-c', 'test -t 0 && echo terminal-is-there'], { cols: 80, rows: 24 });
let said = '';
shell.onData(data => { said += data; });
shell.onExit(() => console.log('Node ' + process.versions.node + ': ' + said.trim()));
await import('./kanban-cli.js');
`;

/** Both event and output of a launch, up to its end. */
const launched = async (
  app: App,
): Promise<{ readonly said: string; readonly installed: readonly string[] }> => {
  let said = '';
  const installed: string[] = [];
  app.on('natives:installing', ({ tag }) => installed.push(tag));
  const spoken = new Promise<void>(resolve => {
    app.on('runtime:output', ({ chunk }) => {
      said += chunk;
      if (said.includes('terminal-is-there')) resolve();
    });
  });
  expect(await app.start()).toMatchObject({ outcome: 'running', version: '0.1.70' });
  await spoken;
  return { said, installed };
};

describe.skipIf(unreachable !== null)('kanban on one Node and then on another', { timeout: 300_000 }, () => {
  let folder: string;
  let options: Omit<StagedoorOptions, 'exec'>;
  let address: string;
  const place = (...names: readonly string[]): string => path.join(folder, ...names);

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'stagedoor-natives-'));
    const port = await freePort();
    address = `http://127.0.0.1:${port}/`;
    mkdirSync(place('home'));
    vi.stubEnv('XDG_CACHE_HOME', place('cache'));
    await unpackInto(place('bundled'), await fetchPackage(kanban));
    await unpackInto(place('bundled', 'node_modules', 'node-pty'), await fetchPackage(pty));
    rmSync(place('bundled/node_modules/node-pty/prebuilds', `${process.platform}-${process.arch}`), {
      recursive: true,
    });
    renameSync(place('bundled/dist/cli.js'), place('bundled/dist/kanban-cli.js'));
    writeFileSync(place('bundled/dist/cli.js'), throughATerminal);
    const pins = json(await runCli(['natives', 'pin', pty, '--json'], { cwd: folder, env: registryAccess }));
    const { install } = pins as { readonly install: Readonly<Record<string, string>> };
    options = {
      package: 'kanban',
      store: place('store'),
      bundled: place('bundled'),
      natives: [{ name: 'node-pty', install }],
      probe: address,
      args: ['--port', String(port), '--no-open', '--no-passcode'],
      cwd: place('home'),
      env: { ...process.env, HOME: place('home'), USERPROFILE: place('home') },
    };
  });

  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  test('N-05, P-34: what the bundle has does not fit, so that each Node gets a tree of its own, once', async () => {
    const page = readFileSync(place('bundled/dist/web-ui/index.html'), 'utf8');
    const installed: string[][] = [];
    for (const major of [22, 24, 22, 24]) {
      const app = openApp({ ...options, exec: await nodeOfMajor(major) });
      const launch = await launched(app);
      expect(launch.said).toContain(`Node ${major}.`);
      expect(launch.said).toContain('terminal-is-there');
      expect(await (await fetch(address)).text()).toBe(page);
      // It is taken over when the attempt is closed, right after the runtime is ready.
      const identity = async () => (await app.status()).attempts.at(-1)?.identity;
      await expect.poll(identity, { timeout: 10_000 }).toMatchObject({
        abi: { kind: 'node', node: expect.stringMatching(new RegExp(`^${major}\\.`)) },
        problem: null,
      });
      await app.stop();
      installed.push([...launch.installed]);
    }
    expect(installed.map(tags => tags.length)).toEqual([1, 1, 0, 0]);
    expect(new Set(installed.flat()).size).toBe(2);
  });

  test('N-06, N-09: with skip it is refused before it starts, and the sentence says what to do', async () => {
    const app = openApp({ ...options, nativesMode: 'SKIP', exec: await nodeOfMajor(22) });
    const outcome = await app.start();
    expect(outcome).toMatchObject({ outcome: 'exhausted', error: { code: 'NATIVE_ABI_MISMATCH' } });
    expect(outcome.outcome === 'exhausted' && outcome.error.message).toContain(
      'stagedoor natives ensure node-pty',
    );
  });
});
