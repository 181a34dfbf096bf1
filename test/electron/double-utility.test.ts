import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { ForkOptions, UtilityProcess } from 'electron';
import { expect, onTestFinished, test } from 'vitest';
import { isAlive, processToken } from '#src/process/identity.js';
import { until } from '../support/app-world.ts';
import { startOnDouble } from '../support/electron/double-process.ts';
import { newDouble } from '../support/electron/shell-facts.ts';
import { temporaryFolder } from '../support/folder.ts';

const fork = (program: string, args: readonly string[] = [], options: ForkOptions = {}): UtilityProcess => {
  const file = path.join(temporaryFolder(), 'utility.mjs');
  writeFileSync(file, program);
  const { utilityProcess } = newDouble().parts;
  if (utilityProcess === undefined) throw new Error('no utility processes');
  const child = utilityProcess.fork(file, [...args], { stdio: 'pipe', ...options });
  onTestFinished(() => void child.kill());
  return child;
};

const newFolderWithManifest = (): string => {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, 'package.json'), '{"name":"app","version":"1.0.0"}');
  return folder;
};

const exitOf = async (child: UtilityProcess): Promise<unknown> => (await once(child, 'exit'))[0];

test('a utility process has a port to its parent, no channel of Node and no input', async () => {
  const child = fork(
    `process.parentPort.once('message', ({ data, ports }) => process.parentPort.postMessage({
    data, ports, type: process.type, argv: process.argv.slice(2), electron: process.versions.electron !== undefined,
    send: typeof process.send, connected: process.connected ?? false, channel: process.env.NODE_CHANNEL_FD ?? null,
    input: process.stdin.readable && process.stdin.isTTY === true,
  }));`,
    ['--port', '1'],
  );
  child.postMessage({ at: new Date(0), list: new Map([[1, 2]]) });
  const [message]: unknown[] = await once(child, 'message');
  expect(message).toEqual({
    data: { at: new Date(0), list: new Map([[1, 2]]) },
    ports: [],
    type: 'utility',
    argv: ['--port', '1'],
    electron: true,
    send: 'undefined',
    connected: false,
    channel: null,
    input: false,
  });
});

test('messages wait in the child until somebody listens', async () => {
  const child = fork(`setTimeout(() => process.parentPort.on('message', ({ data }) => {
    process.parentPort.postMessage(data);
  }), 50);`);
  child.postMessage(1);
  child.postMessage(2);
  const heard: unknown[] = [];
  const both = new Promise<void>(resolve => {
    child.on('message', message => {
      if (heard.push(message) === 2) resolve();
    });
  });
  await both;
  expect(heard).toEqual([1, 2]);
});

test('it tells of its start and its end, and has its number in between', async () => {
  const child = fork(
    "process.stdout.write('out'); process.stderr.write('err'); process.exitCode = 7; setImmediate(() => process.exit());",
  );
  expect(child.pid).toBeUndefined();
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('no output');
  const output = Promise.all([text(stdout), text(stderr)]);
  const exit = exitOf(child);
  await once(child, 'spawn');
  expect(child.pid).toBeTypeOf('number');
  expect(await exit).toBe(7);
  expect(await output).toEqual(['out', 'err']);
  expect([child.pid, child.stdout]).toEqual([undefined, null]);
});

test('kill is SIGTERM: who ignores it lives, and the system can end it', async () => {
  const child = fork(
    "process.on('SIGTERM', () => process.parentPort.postMessage('ignored')); setInterval(() => {}, 1e6); process.parentPort.postMessage('up');",
  );
  await once(child, 'message');
  const { pid } = child;
  if (pid === undefined) throw new Error('it has no number');
  expect(child.kill()).toBe(true);
  expect(await once(child, 'message')).toEqual(['ignored']);
  const exit = exitOf(child);
  process.kill(pid, 'SIGKILL');
  expect(await exit).not.toBe(0);
});

test('a rejection that nobody handles is no end, and what cannot be cloned is refused', async () => {
  const child = fork(
    "void Promise.reject(new Error('nobody')); setTimeout(() => process.parentPort.postMessage('alive'), 50);",
  );
  expect(() => child.postMessage(() => 1)).toThrow('An object could not be cloned.');
  expect(await once(child, 'message')).toEqual(['alive']);
});

test('input is refused, output is inherited unless it is said otherwise', () => {
  const { utilityProcess } = newDouble().parts;
  expect(() => utilityProcess?.fork('any.js', [], { stdio: ['pipe', 'pipe', 'pipe'] })).toThrow('stdin');
});

test('it ends by itself with nothing to do; who listens to the port lives until it is ended', async () => {
  const idle = fork("process.parentPort.postMessage('idle');");
  const said = once(idle, 'message');
  expect(await exitOf(idle)).toBe(0);
  expect(await said).toEqual(['idle']);
  const child = fork("process.parentPort.on('message', () => {}).postMessage('listening');");
  await once(child, 'message');
  await exitOf(fork('setTimeout(() => process.exit(), 300);'));
  expect(child.pid).toBeTypeOf('number');
  const exit = exitOf(child);
  child.kill();
  expect(await exit).toBe(0);
});

test('where V8 gives up it tells why, with the report of Node, and then that it has ended', async () => {
  const child = fork('const kept = []; for (;;) kept.push(new Array(1e5).fill(kept.length));', [], {
    execArgv: ['--max-old-space-size=16'],
  });
  const told: unknown[] = [];
  child.on('error', (type, location, report) => {
    const { header } = JSON.parse(report) as { readonly header: { readonly nodejsVersion: string } };
    told.push(type, location, header.nodejsVersion);
  });
  await new Promise<void>(resolve => {
    child.once('exit', code => {
      told.push(code);
      resolve();
    });
  });
  expect(told).toEqual(['FatalError', expect.stringMatching(/./), process.version, expect.any(Number)]);
});

test('with its end all listeners are off its pipes, though what it said is still to be read', async () => {
  const child = fork("process.stdout.write('last words');");
  const { stdout } = child;
  if (stdout === null) throw new Error('no output');
  stdout.pause();
  const early: unknown[] = [];
  stdout.on('data', (chunk: Buffer) => early.push(chunk));
  await exitOf(child);
  expect(stdout.listenerCount('data')).toBe(0);
  expect(await text(stdout)).toBe('last words');
  expect(early).toEqual([]);
});

test('it goes with its shell, however that dies', async () => {
  const main = path.join(import.meta.dirname, '../fixtures/electron/forks.cjs');
  const shell = startOnDouble(main, { userData: temporaryFolder(), appPath: newFolderWithManifest() });
  const child = (): string | undefined => /child (\d+)\n/.exec(shell.output())?.[1];
  await until(() => child() !== undefined);
  const token = processToken(Number(child()));
  if (token === null) throw new Error('it has ended before');
  expect(isAlive(token)).toBe(true);
  shell.signal('SIGKILL');
  await until(() => !isAlive(token));
});
