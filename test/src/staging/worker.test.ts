import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import type { Progress } from '#src/staging/effects.js';
import { throttledReport } from '#src/staging/progress.js';
import { stagingInWorker } from '#src/staging/worker-effects.js';
import { codeOf, newWorld, quick, releaseOf, runtime, scratchOf } from './staging-world.ts';

const never = new AbortController().signal;

test('the worker stages as the process does: U-06 through messages', async () => {
  const world = await newWorld({}, options => stagingInWorker(options));
  world.registry.publish(runtime('1.1.0'));
  expect(await world.stage()).toMatchObject({ version: '1.1.0', seq: 1 });
  expect(await world.check()).toEqual({ kind: 'alreadyStaged', version: '1.1.0' });
});

test('failures cross the border with their code, hint and retry time', async () => {
  const world = await newWorld({}, options => stagingInWorker(options));
  world.registry.fault({}, { kind: 'status', code: 429, headers: { 'retry-after': '7' } });
  await expect(world.check()).rejects.toMatchObject({
    name: 'StagedoorError',
    code: 'REGISTRY_UNREACHABLE',
    retryAfterMs: 7000,
    hint: expect.stringMatching(/./),
  });
  const mistaken = world.with({ channel: 'not a tag' });
  await expect(mistaken.check()).rejects.toThrow(TypeError);
});

test('progress tells phases in their order, and not more often than an eye can see', async () => {
  const world = await newWorld({}, options => stagingInWorker(options));
  world.registry.publish(runtime('1.1.0'));
  const offer = await world.check();
  const input = { release: releaseOf(offer), scratch: scratchOf(offer) };
  const seen: Progress[] = [];
  const report = (progress: Progress): unknown => seen.push(progress);
  await world.effects.download(input, never, report);
  await world.effects.extract(input, never, report);
  await world.effects.stageNatives(input, never, report);
  await world.effects.verify(input, never, report);
  const phases = [...new Set(seen.map(({ phase }) => phase))];
  expect(phases).toEqual(['downloading', 'extracting', 'verifying', 'flushing']);
  const last = seen.findLast(({ phase }) => phase === 'downloading');
  expect(last?.total).toBe(last?.bytes);
});

test('a report is held back within 50 ms, and the last one always comes', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const seen: number[] = [];
    const { report, flush } = throttledReport(({ bytes }) => seen.push(bytes));
    for (const bytes of [1, 2, 3]) report({ phase: 'downloading', bytes, total: null });
    expect(seen).toEqual([1]);
    vi.advanceTimersByTime(60);
    report({ phase: 'downloading', bytes: 4, total: null });
    report({ phase: 'downloading', bytes: 5, total: null });
    report({ phase: 'extracting', bytes: 6, total: null });
    expect(seen).toEqual([1, 4, 5, 6]);
    report({ phase: 'extracting', bytes: 7, total: null });
    flush();
    expect(seen).toEqual([1, 4, 5, 6, 7]);
  } finally {
    vi.useRealTimers();
  }
});

test('cancelling waits until the thread has stopped, and gives the reason of the signal', async () => {
  const world = await newWorld({ limits: quick }, options => stagingInWorker(options));
  world.registry.publish(runtime('1.1.0'));
  world.registry.fault({ path: 'tarball' }, { kind: 'drip', bytesPerTick: 1, ms: 5 });
  const host = new AbortController();
  const staging = world.stage(host.signal);
  await vi.waitUntil(() => world.registry.requests.at(-1)?.subject === 'tarball', { timeout: 30_000 });
  host.abort(new Error('changed my mind'));
  await expect(staging).rejects.toThrow('changed my mind');
  expect(world.partials()).toEqual([]);
  world.registry.behave();
  expect(await world.stage()).toMatchObject({ version: '1.1.0' });
});

test('close aborts what runs; the next step starts a new thread', async () => {
  const world = await newWorld({}, options => stagingInWorker(options));
  world.registry.publish(runtime('1.1.0'));
  const armed = world.registry.fault({ path: 'packument' }, { kind: 'hang' });
  const check = codeOf(world.check());
  await vi.waitUntil(() => world.registry.requests.length === 1, { timeout: 30_000 });
  await world.effects.close();
  expect(await check).not.toMatch(/^none/);
  armed();
  expect(await world.check()).toMatchObject({ kind: 'available' });
});

test('a thread that dies is a typed failure, and the next step starts another one', async () => {
  const world = await newWorld({}, options => {
    const healthy = stagingInWorker(options);
    // Not a path: the thread fails while it starts.
    const broken = stagingInWorker({ ...options, store: null as unknown as string });
    return { ...healthy, check: broken.check };
  });
  await expect(world.check()).rejects.toMatchObject({
    code: 'INTERNAL',
    message: expect.stringContaining('ended unexpectedly'),
  });
  await world.effects.clean({ scratch: '1.1.0.partial/1-1-1-0123456789ab' });
});

test('an idle thread does not keep the process alive', async () => {
  const world = await newWorld({}, options => stagingInWorker(options));
  world.registry.publish(runtime('1.1.0'));
  const module = new URL('../../../dist/src/staging/worker-effects.js', import.meta.url);
  const limits = new URL('../../../dist/src/staging/limits.js', import.meta.url);
  const program = `
    import { stagingInWorker } from ${JSON.stringify(module.href)};
    import { defaultLimits as limits } from ${JSON.stringify(limits.href)};
    const effects = stagingInWorker({ package: 'app-runtime', channel: 'latest', registry: ${JSON.stringify(world.registry.url)},
      store: ${JSON.stringify(world.root)}, bundledVersion: null, natives: [], exec: process.execPath, execFacts: null,
      abi: '', shellVersion: '', limits });
    const { kind } = await effects.check({ origin: 'host' }, new AbortController().signal);
    console.log(kind);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', chunk => {
    output += String(chunk);
  });
  const [code] = await once(child, 'close');
  expect({ code, output }).toEqual({ code: 0, output: 'available\n' });
});

test('S-07: two shells that stage the same version at the same time both end well', async () => {
  const world = await newWorld({}, options => stagingInWorker(options));
  world.registry.publish(runtime('1.1.0'));
  const shells = [world, world.with({}), world.with({})];
  const offers = await Promise.all(shells.map(async shell => ({ shell, offer: await shell.check() })));
  const results = await Promise.all(offers.map(({ shell, offer }) => shell.finish(offer)));
  expect(new Set(results.map(({ seq }) => seq))).toEqual(new Set([1, 2, 3]));
  expect(await world.check()).toEqual({ kind: 'alreadyStaged', version: '1.1.0' });
  expect(world.partials()).toEqual([]);
});
