import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createStagedoor } from '#src/index.js';
import { faultyFileSystem } from '#src/testing/index.js';
import { type AppWorld, newShell, newWorld } from '../../support/app-world.ts';
import { freePort } from '../../support/loopback.ts';
import { listenTo, viewerForTest } from '../viewer/viewer-client.ts';

const token = 'a-token-for-tests-0123456789';

const journalOf = ({ layout }: AppWorld): string[] =>
  readFileSync(layout.journal, 'utf8').trimEnd().split('\n');

const stepsIn = (lines: readonly string[]): unknown[] => lines.map(line => JSON.parse(line).by);

/** A stranger on the port of a viewer; gives back its address and who has called. */
const strangerForTest = async (answer: (socket: Socket) => void) => {
  const callers: Socket[] = [];
  const server = createServer(socket => {
    callers.push(socket);
    socket.on('error', () => undefined);
    answer(socket);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    for (const socket of callers) socket.destroy();
    server.close();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}/${token}/`, callers };
};

describe('a viewer that is followed by', () => {
  test('follow: it hears the very lines that are in the journal, in order, and the end', async () => {
    const { address } = await viewerForTest();
    const heard = await listenTo(address);
    const world = newWorld();
    const stagedoor = newShell(world, { follow: address });
    expect(await stagedoor.start()).toMatchObject({ outcome: 'running' });
    await heard.until(({ lines }) => lines.some(line => line.includes('"runtime:ready"')));
    await stagedoor.stop();
    await heard.until(({ states }) => states.length === 3);
    expect(heard.lines()).toEqual(journalOf(world));
    expect(heard.states()).toEqual([
      { state: 'waiting', process: null },
      { state: 'connected', process: `app-runtime, process ${process.pid}` },
      { state: 'ended', process: `app-runtime, process ${process.pid}` },
    ]);
  });

  test('follow: an app that goes on after a stop is followed on', async () => {
    const { address } = await viewerForTest();
    const heard = await listenTo(address);
    const world = newWorld();
    const stagedoor = newShell(world, { follow: address });
    await stagedoor.start();
    await stagedoor.stop();
    await stagedoor.start();
    await stagedoor.stop();
    await heard.until(({ states }) => states.length === 5);
    expect(heard.lines()).toEqual(journalOf(world));
  });

  test('follow: what can’t be written down is told all the same', async () => {
    const { address } = await viewerForTest();
    const heard = await listenTo(address);
    const disk = faultyFileSystem();
    disk.failAt(({ call, mutates }) => mutates || call === 'fsync', 'ENOSPC');
    const stagedoor = newShell(newWorld(), { follow: address, fs: disk.fs });
    expect(await stagedoor.start()).toMatchObject({ outcome: 'running' });
    await heard.until(({ lines }) => lines.some(line => line.includes('"runtime:ready"')));
  });
});

describe('a viewer that is not there', () => {
  test('follow: one that comes later gets everything from the beginning', async () => {
    const port = await freePort();
    const world = newWorld();
    const stagedoor = newShell(world, { follow: `http://localhost:${port}/${token}` });
    await stagedoor.start();
    const { address } = await viewerForTest({ port, token });
    const heard = await listenTo(address);
    await heard.until(({ lines }) => lines.some(line => line.includes('"runtime:ready"')));
    expect(heard.lines()).toEqual(journalOf(world).slice(0, heard.lines().length));
    expect(heard.lines()[0]).toContain('"process.began"');
  });

  test('follow: one that dies and comes back gets everything once; nothing happens to the app meanwhile', async () => {
    const first = await viewerForTest({ token });
    const early = await listenTo(first.address);
    const world = newWorld();
    const stagedoor = newShell(world, { follow: first.address });
    await stagedoor.start();
    await early.until(({ lines }) => lines.some(line => line.includes('"runtime:ready"')));
    await first.close();
    await early.closed;
    stagedoor.hold();
    stagedoor.release();
    const second = await viewerForTest({ token, port: Number(new URL(first.address).port) });
    const late = await listenTo(second.address);
    await late.until(({ lines }) => stepsIn(lines).includes('supervisor.release'));
    await stagedoor.stop();
    await late.until(({ states }) => states.length === 3);
    expect(late.lines()).toEqual(journalOf(world));
  });

  test('follow: an address that refuses is left alone', async () => {
    let isLeft: (socket: Socket) => void;
    const left = new Promise<Socket>(resolve => {
      isLeft = resolve;
    });
    const { address, callers } = await strangerForTest(socket => {
      socket.once('data', () => socket.write('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n'));
      socket.on('close', () => isLeft(socket));
    });
    const stagedoor = newShell(newWorld(), { follow: address });
    await stagedoor.start();
    await left;
    await stagedoor.stop();
    await stagedoor.start();
    await stagedoor.stop();
    expect(callers).toHaveLength(1);
  });

  test('follow: what is no viewer, or takes nothing, neither breaks nor holds the app', async () => {
    const talker = await strangerForTest(socket => void socket.end('\u0000 no HTTP at all \r\n\r\n'));
    const sleeper = await strangerForTest(socket => void socket.pause());
    for (const { address, callers } of [talker, sleeper]) {
      const stagedoor = newShell(newWorld(), { follow: address });
      expect(await stagedoor.start()).toMatchObject({ outcome: 'running' });
      const begun = performance.now();
      await stagedoor.stop();
      expect(performance.now() - begun).toBeLessThan(5000);
      expect(callers.length).toBeGreaterThan(0);
    }
  });
});

describe('the address', () => {
  test.each([
    'https://127.0.0.1:4000/0123456789abcdef/',
    'http://127.0.0.1:4000/',
    'http://127.0.0.1:4000/short/',
    'http://127.0.0.1:4000/0123456789abcdef/live',
    'http://127.0.0.1:4000/0123456789abcdef/?x=1',
    'http://127.0.0.1:99999/0123456789abcdef/',
    'http://127.0.0.2:4000/0123456789abcdef/',
    'http://10.0.0.1:4000/0123456789abcdef/',
    'http://localhost.example:4000/0123456789abcdef/',
    'http://me@localhost:4000/0123456789abcdef/',
    'http://127.0.0.1:4000/0123456789abcdef/\n',
    '',
    7,
    null,
  ])('P-24: only this machine, and only with a token: %j is a TypeError', follow => {
    const { options } = newWorld();
    expect(() =>
      createStagedoor({ ...options, ...(JSON.parse(JSON.stringify({ follow })) as object) }),
    ).toThrow(
      new TypeError(
        `option "follow" must be the address that stagedoor visualize prints: http://127.0.0.1:PORT/TOKEN/, got ${JSON.stringify(follow)}`,
      ),
    );
  });

  test.each(['127.0.0.1:4000', 'localhost:4000', '[::1]:4000', 'localhost'])('%s is this machine', host => {
    const { options } = newWorld();
    for (const end of ['', '/'])
      expect(createStagedoor({ ...options, follow: `http://${host}/0123456789abcdef${end}` })).toBeDefined();
  });
});

describe('an app that is done', () => {
  const program = fileURLToPath(new URL('../../../dist/test/src/follow/following-app.js', import.meta.url));
  const runApp = async (ending: 'stops' | 'leaves', follow?: string) => {
    const { options } = newWorld();
    const given = JSON.stringify({ ...options, follow });
    const { stdout } = await promisify(execFile)(process.execPath, [program, ending, given], {
      timeout: 30_000,
    });
    const { outcome, loaded }: { outcome: string; loaded: string[] } = JSON.parse(stdout);
    return { outcome, loaded: new Set(loaded) };
  };
  const always = ['follow/address', 'follow/following', 'follow/kept-lines'];

  test('P-40: without the option nothing is loaded for it', async () => {
    expect(await runApp('stops')).toEqual({ outcome: 'running', loaded: new Set(always) });
  });

  test('P-26: it ends by itself, whatever a viewer does', async () => {
    const { address } = await viewerForTest();
    const { address: sleeper } = await strangerForTest(socket => void socket.pause());
    const nobody = `http://127.0.0.1:${await freePort()}/${token}/`;
    const loaded = new Set([...always, 'follow/connection', 'follow/follower']);
    for (const follow of [address, nobody, sleeper]) {
      expect(await runApp('stops', follow), follow).toEqual({ outcome: 'running', loaded });
      expect(await runApp('leaves', follow), follow).toMatchObject({ outcome: 'held' });
    }
  });
});
