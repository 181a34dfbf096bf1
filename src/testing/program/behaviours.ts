import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, closeSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { onShutdown, type Settings, sayHeartbeat, sayReady } from './protocol.ts';
import { serve, wantedPort } from './server.ts';

type Runtime = Settings & { readonly version: string };
type Behaviour = (runtime: Runtime) => Promise<void>;

/** What does not end when it is asked to ends by itself: a test that fails leaves nothing behind for ever. */
const LIFE_MS = 300_000;
const HEARTBEAT_MS = 50;

const endLater = (): void => void setTimeout(() => process.exit(0), LIFE_MS);

const stayAlive = async (): Promise<void> => {
  endLater();
  await once(process, 'never');
};

const serves: Behaviour = async ({ version }) => {
  onShutdown(() => process.exit(0));
  await serve(version);
  await sayReady();
};

const hangs: Behaviour = async () => {
  process.stdout.write('starting\n');
  // The event loop stands still: no message, no timer and no signal handler of JavaScript gets a turn.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LIFE_MS);
};

const neverListens: Behaviour = async () => {
  process.stdout.write('starting\n');
  await stayAlive();
};

const diesAfterReady: Behaviour = async runtime => {
  await serves(runtime);
  await after(runtime.afterMs);
  throw new Error('a fault after the start');
};

const ignoresSigterm: Behaviour = async ({ version }) => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
    process.on(signal, () => process.stdout.write(`ignoring ${signal}\n`));
  }
  onShutdown(() => process.stdout.write('ignoring the shell\n'));
  await serve(version);
  await sayReady();
  endLater();
};

const spawnsGrandchild: Behaviour = async ({ version, detached }) => {
  onShutdown(() => process.exit(0));
  const program = `process.on('SIGTERM', () => undefined); setTimeout(() => undefined, ${LIFE_MS}); process.stdout.write('up');`;
  const child = spawn(process.execPath, ['-e', program], { detached, stdio: ['ignore', 'pipe', 'ignore'] });
  // Only when it ignores SIGTERM is it the grandchild that is meant.
  await once(child.stdout, 'data');
  child.unref();
  await serve(version, { grandchild: child.pid });
  await sayReady();
};

const floodsOutput: Behaviour = async runtime => {
  const line = `${'flood '.repeat(170)}\n`;
  for (let written = 0; written < runtime.bytes; written += line.length) {
    if (!process.stdout.write(line)) await once(process.stdout, 'drain');
  }
  await serves(runtime);
};

const startsSlowly: Behaviour = async runtime => {
  const heart = setInterval(() => void sayHeartbeat(), HEARTBEAT_MS);
  await after(runtime.afterMs);
  clearInterval(heart);
  await serves(runtime);
};

const answersAsAnother: Behaviour = async ({ answers }) => {
  onShutdown(() => process.exit(0));
  await serve(answers);
  await sayReady(answers);
};

const diesAtThirdStart: Behaviour = async runtime => {
  appendFileSync(runtime.state, '.');
  if (readFileSync(runtime.state).length >= 3) throw new Error('a fault at the third start');
  await serves(runtime);
};

const eatsMemory: Behaviour = async () => {
  const program = 'const eaten = []; for (;;) eaten.push(new Array(100_000).fill(eaten.length));';
  const eater = new Worker(program, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 64 } });
  // Rejects with ERR_WORKER_OUT_OF_MEMORY.
  await once(eater, 'exit');
};

const squatsPort: Behaviour = async () => {
  const program = `require('node:http').createServer((_, response) => response.writeHead(503).end())
    .listen(${wantedPort()}, '127.0.0.1', () => process.stdout.write('up'));
    setTimeout(() => process.exit(0), ${LIFE_MS});`;
  const child = spawn(process.execPath, ['-e', program], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  throw new Error('a fault beside its helper');
};

const closesStdio: Behaviour = async runtime => {
  // What is written later would land in whatever takes the number of the closed descriptor.
  process.stdout.write = () => true;
  process.stderr.write = () => true;
  for (const descriptor of [0, 1, 2]) closeSync(descriptor);
  await serves(runtime);
};

const crashesOffline: Behaviour = async runtime => {
  await fetch(runtime.needs);
  await serves(runtime);
};

const missesDependency: Behaviour = async () => {
  const left = 'left-out-of-the-package';
  await import(left);
};

const findsPortTaken: Behaviour = async () => {
  const first = createServer().listen(0, '127.0.0.1');
  await once(first, 'listening');
  const address = first.address();
  // Nobody listens for 'error' on the second one: Node prints it and ends with 1.
  if (typeof address === 'object' && address !== null) createServer().listen(address.port, '127.0.0.1');
};

const findsDiskFull: Behaviour = async () => {
  const fault = { errno: -28, code: 'ENOSPC', syscall: 'write' };
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), fault);
};

/** Every behaviour by its name. */
export const behaviours: Readonly<Record<string, Behaviour>> = {
  serves,
  'dies-at-start': async () => {
    throw new Error('a fault at the start');
  },
  'exits-zero': async () => process.exit(0),
  hangs,
  'never-listens': neverListens,
  'dies-after-ready': diesAfterReady,
  'ignores-sigterm': ignoresSigterm,
  'spawns-grandchild': spawnsGrandchild,
  'floods-output': floodsOutput,
  'starts-slowly': startsSlowly,
  'answers-as-another': answersAsAnother,
  'dies-at-third-start': diesAtThirdStart,
  'eats-memory': eatsMemory,
  'squats-port': squatsPort,
  'closes-stdio': closesStdio,
  'crashes-offline': crashesOffline,
  'missing-dependency': missesDependency,
  eaddrinuse: findsPortTaken,
  enospc: findsDiskFull,
};
