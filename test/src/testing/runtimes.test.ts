import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { type RuntimeSource, runtimePackage, writeRuntime } from '#src/testing/index.js';
import { temporaryFolder } from '../../support/folder.ts';

type Running = {
  readonly child: ChildProcess;
  readonly exit: Promise<unknown[]>;
  readonly errors: Promise<string>;
};

const run = (
  source: Omit<RuntimeSource, 'name' | 'version'>,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Running => {
  const dir = join(temporaryFolder(), 'runtime');
  const entry = writeRuntime(dir, runtimePackage({ name: 'app', version: '1.0.0', ...source }));
  const child = spawn(process.execPath, [entry, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, STAGEDOOR_ATTEMPT: 'a-1', STAGEDOOR_VERSION: '1.0.0', ...env },
  });
  const exit = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  return { child, exit, errors: child.stderr === null ? Promise.resolve('') : text(child.stderr) };
};

const nextMessage = async (child: ChildProcess): Promise<unknown> => (await once(child, 'message'))[0];

/** The first line of the form `listening on URL`, however the pieces come. */
const listening = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let seen = '';
    child.once('exit', () => reject(new Error(`ended before it listened: ${seen.slice(-200)}`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      const url = /listening on (http:\S+)\n/.exec(seen)?.[1];
      if (url !== undefined) resolve(url);
    });
  });

const fetchJson = (url: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    get(url, { agent: false }, response => {
      text(response).then(body => resolve(JSON.parse(body)), reject);
    }).on('error', reject);
  });

const ready = { type: 'stagedoor.ready', attempt: 'a-1', version: '1.0.0' };

test('serves: answers with its version and attempt, says ready, and ends with 0 when the shell asks', async () => {
  const { child, exit } = run({ behaviour: 'serves' });
  const [url, message] = await Promise.all([listening(child), nextMessage(child)]);
  expect(message).toEqual(ready);
  expect(await fetchJson(url)).toMatchObject({ version: '1.0.0', attempt: 'a-1', pid: child.pid });
  child.send({ type: 'stagedoor.shutdown' });
  expect(await exit).toEqual([0, null]);
});

/** A port that was free a moment ago. */
const freePort = async (): Promise<string> => {
  const { child, exit } = run({});
  const { port } = new URL(await listening(child));
  child.kill('SIGKILL');
  await exit;
  return port;
};

test('serves: listens on the port of --port, in either spelling, before that of PORT', async () => {
  const [one, two, three] = [await freePort(), await freePort(), await freePort()];
  const spellings = [
    run({}, ['--port', one], { PORT: three }),
    run({}, [`--port=${two}`], { PORT: three }),
    run({}, [], { PORT: three }),
  ];
  const urls = await Promise.all(spellings.map(({ child }) => listening(child)));
  expect(urls.map(url => new URL(url).port)).toEqual([one, two, three]);
});

test('serves: ends when its shell has gone', async () => {
  const { child, exit } = run({});
  await nextMessage(child);
  child.disconnect();
  expect(await exit).toEqual([0, null]);
});

test('serves: passes on busy and idle, and dies when it is told to', async () => {
  const { child, exit } = run({});
  const [url] = await Promise.all([listening(child), nextMessage(child)]);
  const busy = nextMessage(child);
  await fetchJson(`${url}/busy`);
  expect(await busy).toEqual({ type: 'stagedoor.busy', busy: true });
  const idle = nextMessage(child);
  await fetchJson(`${url}/idle`);
  expect(await idle).toEqual({ type: 'stagedoor.busy', busy: false });
  await fetchJson(`${url}/die?code=3`);
  expect(await exit).toEqual([3, null]);
});

const endings = [
  ['dies-at-start', 1, /Error: a fault at the start\n\s+at /],
  ['exits-zero', 0, /^$/],
  ['missing-dependency', 1, /ERR_MODULE_NOT_FOUND/],
  ['eaddrinuse', 1, /EADDRINUSE/],
  ['enospc', 1, /ENOSPC/],
] as const;

test.each(endings)('%s: ends with %i before it is ready', async (behaviour, code, errors) => {
  const running = run({ behaviour });
  const messages: unknown[] = [];
  running.child.on('message', message => messages.push(message));
  expect(await running.exit).toEqual([code, null]);
  expect(await running.errors).toMatch(errors);
  expect(messages).toEqual([]);
});

test('dies-after-ready: is ready first and then ends with a stack', async () => {
  const { child, exit, errors } = run({ behaviour: 'dies-after-ready', afterMs: 1 });
  expect(await nextMessage(child)).toEqual(ready);
  expect(await exit).toEqual([1, null]);
  expect(await errors).toContain('a fault after the start');
});

test.each(['hangs', 'never-listens'] as const)(
  '%s: lives on without a word of readiness',
  async behaviour => {
    const { child, exit } = run({ behaviour });
    const [output] = child.stdout === null ? [] : await once(child.stdout, 'data');
    expect(String(output)).toBe('starting\n');
    expect(child.exitCode).toBe(null);
    child.kill('SIGTERM');
    expect(await exit).toEqual([null, 'SIGTERM']);
  },
);

test.skipIf(process.platform === 'win32')(
  'ignores-sigterm: outlives SIGTERM and the shell, not SIGKILL',
  async () => {
    const { child, exit } = run({ behaviour: 'ignores-sigterm' });
    const url = await listening(child);
    child.kill('SIGTERM');
    child.send({ type: 'stagedoor.shutdown' });
    let output = '';
    child.stdout?.on('data', chunk => {
      output += String(chunk);
    });
    await expect.poll(() => output).toContain('ignoring SIGTERM');
    await expect.poll(() => output).toContain('ignoring the shell');
    expect(await fetchJson(url)).toMatchObject({ version: '1.0.0' });
    child.kill('SIGKILL');
    expect(await exit).toEqual([null, 'SIGKILL']);
  },
);

const pidOf = (value: unknown): number =>
  typeof value === 'object' && value !== null && 'grandchild' in value ? Number(value.grandchild) : 0;

test('spawns-grandchild: names a living process that does not end with it', async () => {
  const { child, exit } = run({ behaviour: 'spawns-grandchild' });
  const grandchild = pidOf(await fetchJson(await listening(child)));
  expect(grandchild).toBeGreaterThan(1);
  onTestFinished(() => void process.kill(grandchild, 'SIGKILL'));
  child.kill('SIGKILL');
  await exit;
  expect(process.kill(grandchild, 0)).toBe(true);
});

test('floods-output: writes as much as was asked before it is ready', async () => {
  const { child } = run({ behaviour: 'floods-output', bytes: 1_000_000 });
  let bytes = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  await listening(child);
  expect(bytes).toBeGreaterThan(1_000_000);
});

test('starts-slowly: its heart beats before it is ready', async () => {
  const { child } = run({ behaviour: 'starts-slowly', afterMs: 120 });
  expect(await nextMessage(child)).toEqual({ type: 'stagedoor.heartbeat', attempt: 'a-1' });
  let last = await nextMessage(child);
  while (JSON.stringify(last) !== JSON.stringify(ready)) last = await nextMessage(child);
  expect(last).toEqual(ready);
});

test('answers-as-another: claims to be another version', async () => {
  const { child } = run({ behaviour: 'answers-as-another', answers: '9.9.9' });
  const [url, message] = await Promise.all([listening(child), nextMessage(child)]);
  expect(message).toEqual({ ...ready, version: '9.9.9' });
  expect(await fetchJson(url)).toMatchObject({ version: '9.9.9' });
});
