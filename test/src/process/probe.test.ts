import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { portTaken } from '#src/process/port-taken.js';
import { probeRuntime } from '#src/process/probe.js';
import { parseProbe } from '#src/process/probe-spec.js';
import type { RuntimeProcess } from '#src/process/runtime-process.js';
import { isSettled, startFixture, untilPrinted, untilTold } from './fixture.ts';
import { testClock } from './probe-clock.ts';

const limits = { deadlineMs: 30_000, hardLimitMs: 120_000, attempt: 'a1', version: '1.1.0' };
const probe = (child: RuntimeProcess, spec: string, more = {}) =>
  probeRuntime(child, parseProbe(spec), { ...limits, ...more });

const say = (message: object): string => JSON.stringify(message);
const ready = { type: 'stagedoor.ready', attempt: 'a1', version: '1.1.0' };

const serve = async (port = 0): Promise<{ server: Server; port: number }> => {
  const server = createServer((_, response) => response.end('squatter')).listen(port, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise(resolve => server.once('listening', resolve));
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 };
};

const freePort = async (): Promise<number> => {
  const { server, port } = await serve();
  await new Promise(resolve => server.close(resolve));
  return port;
};

test('P-29: ready over IPC names the attempt and the version', async () => {
  const child = startFixture('speak', [say(ready)]);
  expect(await probe(child, 'ipc')).toMatchObject({ kind: 'ready' });
});

test('P-29: ready over IPC may leave the version out', async () => {
  const child = startFixture('speak', [say({ type: ready.type, attempt: 'a1' })]);
  expect(await probe(child, 'ipc')).toMatchObject({ kind: 'ready' });
});

test.each([
  { ...ready, attempt: 'a0' },
  { ...ready, version: '1.0.0' },
  { ...ready, version: 7 },
  { type: ready.type },
  { ...ready, type: 'ready' },
  'stagedoor.ready',
])('P-29: %j proves nothing', async message => {
  const clock = testClock();
  const child = startFixture('speak', [JSON.stringify(message), '"last"']);
  await untilTold(child, told => told === 'last');
  const result = probe(child, 'ipc', { tick: clock });
  expect(await isSettled(result)).toBe(false);
  clock.pass(30_000);
  expect(await result).toEqual({ kind: 'timedOut', deadlineMs: 30_000 });
});

test('P-29: http is ready when it answers below 500', async () => {
  const port = await freePort();
  const child = startFixture('listen', [String(port), '404']);
  expect(await probe(child, `http://127.0.0.1:${port}/`)).toMatchObject({ kind: 'ready' });
});

test('P-29: http with a status of 500 is not ready', async () => {
  const clock = testClock();
  const child = startFixture('listen', ['0', '503']);
  const [, port] = await untilPrinted(child, /listening on (\d+)/);
  const result = probe(child, `http://127.0.0.1:${port}/`, { tick: clock });
  await untilPrinted(child, /(?:asked\s+){3}/);
  expect(await isSettled(result)).toBe(false);
  clock.pass(30_000);
  expect(await result).toMatchObject({ kind: 'timedOut' });
});

test('P-29: tcp is ready when the port accepts', async () => {
  const port = await freePort();
  const child = startFixture('listen', [String(port)]);
  expect(await probe(child, `tcp:${port}`)).toMatchObject({ kind: 'ready' });
});

test('P-29: stdout is ready when a line matches, also one that came before', async () => {
  const child = startFixture('listen');
  expect(await probe(child, 'stdout:^listening on \\d+$')).toMatchObject({ kind: 'ready' });
  expect(await probe(child, 'stdout:^listening')).toMatchObject({ kind: 'ready' });
});

test('P-29: what is printed on stderr is no proof on stdout', async () => {
  const child = startFixture('die', ['1', 'listening\n']);
  expect(await probe(child, 'stdout:listening')).toMatchObject({ kind: 'inconclusive' });
});

test('P-29: alive is ready after that much active time, and not before', async () => {
  const clock = testClock();
  const child = startFixture('idle');
  await untilPrinted(child, /idle/);
  const result = probe(child, 'alive:2000', { tick: clock, deadlineMs: 1000 });
  clock.pass(1999);
  expect(await isSettled(result)).toBe(false);
  clock.pass(1);
  expect(await result).toEqual({ kind: 'ready', afterMs: 2000 });
});

test.each(['ipc', 'http://127.0.0.1:1/', 'tcp:1', 'stdout:never', 'alive:30000'])(
  'P-27: the probe %s of a runtime that dies ends with it',
  async spec => {
    const child = startFixture('die', ['1', 'no']);
    expect(await probe(child, spec)).toEqual({
      kind: 'inconclusive',
      reason: 'the runtime ended before it was ready',
    });
  },
);

test('P-27: who waits for the exit hears of it before the probe does', async () => {
  const child = startFixture('die', ['1', 'no']);
  const order: string[] = [];
  const exited = child.exited.then(() => order.push('exit'));
  await Promise.all([exited, probe(child, 'ipc').then(() => order.push('probe'))]);
  expect(order).toEqual(['exit', 'probe']);
});

test('P-29: a port that is answered before the spawn is seen', async () => {
  const { port } = await serve();
  expect(await portTaken(parseProbe(`tcp:${port}`))).toBe(true);
  expect(await portTaken(parseProbe(`http://127.0.0.1:${port}/deep`))).toBe(true);
  const free = await freePort();
  expect(await portTaken(parseProbe(`tcp:${free}`))).toBe(false);
  expect(await portTaken(parseProbe(`http://[::1]:${free}/`))).toBe(false);
  expect(await portTaken(parseProbe('ipc'))).toBe(false);
});

test('P-29: a squatter on the port proves nothing for a child that dies of it', async () => {
  const { port } = await serve();
  const child = startFixture('listen', [String(port)]);
  await child.exited;
  expect(await probe(child, `http://127.0.0.1:${port}/`)).toMatchObject({ kind: 'inconclusive' });
  expect(await probe(child, `tcp:${port}`)).toMatchObject({ kind: 'inconclusive' });
});

test('P-29: an answer that comes after the child has died is the answer of somebody else', async () => {
  const clock = testClock();
  const { server, port } = await serve();
  const silent = () => () => undefined;
  const ending = {
    exited: new Promise<never>(() => undefined),
    onMessage: silent,
    onOutput: silent,
    tail: () => '',
  };
  const child = { pid: process.pid, running: true, ...ending };
  server.once('request', () => {
    child.running = false;
  });
  const result = probeRuntime(child, parseProbe(`http://127.0.0.1:${port}/`), { ...limits, tick: clock });
  const [socket] = (await once(server, 'connection')) as [Socket];
  await once(socket, 'close');
  expect(await isSettled(result)).toBe(false);
  clock.pass(30_000);
  expect(await result).toMatchObject({ kind: 'timedOut' });
});

test.each(['ipc', 'http://127.0.0.1:1/', 'tcp:1', 'stdout:never', 'alive:30000'])(
  'P-26: the probe %s can be cancelled and leaves nothing behind',
  async spec => {
    const clock = testClock();
    const child = startFixture('idle');
    await untilPrinted(child, /idle/);
    const quit = new AbortController();
    const result = probe(child, spec, { tick: clock, signal: quit.signal });
    expect(clock.running).toBeGreaterThan(0);
    quit.abort();
    expect(await result).toEqual({ kind: 'inconclusive', reason: 'the probe was cancelled' });
    expect(clock.running).toBe(0);
  },
);
