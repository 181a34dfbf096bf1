import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ask, listenTo } from '../viewer/viewer-client.ts';
import { json, runCli, startCli } from './command-line.ts';
import { startViewer } from './viewer-process.ts';
import { makeWorld, program, type World } from './world.ts';

const posix = process.platform !== 'win32';

describe('stagedoor visualize', () => {
  test('visualize: with --json one object says where, and nothing else is printed', async () => {
    const { address, child, ended } = await startViewer(['visualize', '--json']);
    expect(await ask(address)).toMatchObject({ status: 200, headers: { 'content-type': /^text\/html/ } });
    expect(JSON.parse((await ask(address, { path: 'given' })).text)).toEqual({ journal: null, live: true });
    child.kill('SIGTERM');
    const { code, stdout, stderr } = await ended;
    expect(JSON.parse(stdout)).toEqual({ outcome: 'serving', address, live: true });
    expect(stderr).toBe('');
    if (posix) expect(code).toBe(0);
  });

  test.runIf(posix).each(['SIGINT', 'SIGTERM'] as const)(
    'visualize: %s ends it cleanly, also while a page listens',
    async signal => {
      const { address, said, child, ended } = await startViewer(['visualize']);
      expect(said.stdout).toMatch(/^The charts are at http/);
      expect(said.stdout).toContain(`stagedoor run --follow ${address}`);
      const page = await listenTo(address);
      child.kill(signal);
      expect(await ended).toMatchObject({ code: 0, stderr: '' });
      await page.closed;
    },
  );

  test('visualize: a port that is taken, or is none', async () => {
    const { address } = await startViewer(['visualize']);
    const { port } = new URL(address);
    const taken = await runCli(['visualize', '--port', port, '--json']);
    expect(taken).toMatchObject({ code: 1, stderr: '' });
    expect(json(taken)).toMatchObject({
      error: { code: 'PORT_TAKEN', message: `port ${port} of 127.0.0.1 can't be used` },
    });
    for (const wrong of ['70000', '-1', 'soon', '80.5'])
      expect(await runCli(['visualize', `--port=${wrong}`])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(`--port must be a number up to 65535, not "${wrong}"\n`),
      });
  });
});

describe('stagedoor run --follow', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
    world.bundle(program('1.0.0'));
  });
  afterEach(() => world.close());

  const journal = (): string[] =>
    readFileSync(path.join(world.store, 'journal.jsonl'), 'utf8').trimEnd().split('\n');

  test('follow: a real run is seen from its first line to its last, and what is seen is its journal', async () => {
    const { address } = await startViewer(['visualize']);
    const heard = await listenTo(address);
    const child = world.start('run', '--no-updates', '--follow', address);
    const closed = once(child, 'close');
    await heard.until(({ lines }) => lines.some(line => line.includes('"runtime:ready"')));
    expect(heard.states().at(-1)).toEqual({ state: 'connected', process: `app, process ${child.pid}` });
    child.kill('SIGTERM');
    await closed;
    await heard.until(({ states }) => states.length === 3);
    expect(heard.lines()).toEqual(journal());
    if (posix) expect(heard.lines().slice(-5).join()).toContain('"runtime:exited"');
  });

  test('follow: STAGEDOOR_FOLLOW says the same, and a run that is killed has ended', async () => {
    const { address } = await startViewer(['visualize']);
    const heard = await listenTo(address);
    const child = startCli(['run', '--no-updates'], { cwd: world.dir, env: { STAGEDOOR_FOLLOW: address } });
    const closed = once(child, 'close');
    await heard.until(({ lines }) => lines.some(line => line.includes('"runtime:ready"')));
    child.kill('SIGKILL');
    await closed;
    await heard.until(({ states }) => states.length === 3);
    expect(heard.states().at(-1)).toMatchObject({ state: 'ended' });
  });

  test('follow: a run whose viewer is killed, or was never there, goes on and ends as it would', async () => {
    const { address, child: viewer, ended } = await startViewer(['visualize']);
    const heard = await listenTo(address);
    world.bundle(program('1.0.0', { first: `process.on('SIGTERM', () => process.exit(7));` }));
    const child = world.start('run', '--no-updates', '--json', '--follow', address);
    const closed = once(child, 'close');
    await heard.until(({ lines }) => lines.some(line => line.includes('"runtime:ready"')));
    viewer.kill('SIGKILL');
    await ended;
    child.kill('SIGTERM');
    if (posix) expect((await closed)[0]).toBe(7);
    else await closed;
    world.bundle(program('1.0.0', { after: 'process.exit(0);' }));
    expect(await world.run('run', '--no-updates', '--follow', address)).toEqual({
      code: 0,
      stdout: '1.0.0 is up\n',
      stderr: '',
    });
  });

  test('P-24: an address elsewhere is wrong usage, wherever it comes from', async () => {
    const elsewhere = 'http://example.com/0123456789abcdef/';
    const wish =
      'must be the address that stagedoor visualize prints: http://127.0.0.1:PORT/TOKEN/, not "http://example.com/0123456789abcdef/"';
    expect(await world.run('run', '--follow', elsewhere)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`stagedoor: --follow ${wish}\n`),
    });
    const env = { STAGEDOOR_FOLLOW: elsewhere };
    expect(await runCli(['run'], { cwd: world.dir, env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`stagedoor: STAGEDOOR_FOLLOW ${wish}\n`),
    });
  });
});
