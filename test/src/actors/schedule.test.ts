import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { StagedoorOptions } from '#src/index.js';
import { namesIn } from '#src/store/folder.js';
import { readJournal } from '#src/store/journal.js';
import {
  type AppWorld,
  fs,
  newShell,
  newWorld,
  next,
  packed,
  record,
  stage,
  until,
} from '../../support/app-world.ts';
import { registryForTest } from '../../support/loopback.ts';

/** A schedule that a test can wait for. */
const quick = {
  updates: true,
  schedule: { firstCheckMs: 20, intervalMs: 20, jitter: 0, backoffBaseMs: 10, backoffCapMs: 20 },
  limits: { retries: 0 },
} satisfies Partial<StagedoorOptions>;

const partials = ({ layout }: AppWorld): string[] =>
  namesIn(fs, layout.versions).filter(name => name.endsWith('.partial'));

const rounds = async (count: number, round: () => Promise<unknown>): Promise<void> => {
  for (let left = count; left > 0; left -= 1) await round();
};

test('C-01: the first check comes after the runtime is healthy, and then again and again', async () => {
  const world = newWorld();
  const registry = await registryForTest();
  registry.publish(packed('1.0.0'));
  const stagedoor = newShell(world, { ...quick, registry: registry.url });
  const told = record(stagedoor, 'runtime:ready', 'update:checking', 'update:settled');
  const settled = () => next(stagedoor, 'update:settled');
  const first = settled();
  await stagedoor.start();
  expect(await first).toEqual({ outcome: 'up-to-date', version: '1.0.0', current: '1.0.0' });
  await rounds(2, settled);
  expect(told.slice(0, 3).map(({ name }) => name)).toEqual([
    'runtime:ready',
    'update:checking',
    'update:settled',
  ]);
  expect(told[1]?.event).toEqual({ origin: 'schedule' });
});

test('C-01: an update is staged by the schedule, told once, and applied by the next restart', async () => {
  const world = newWorld();
  const registry = await registryForTest();
  registry.publish(packed('1.1.0'));
  const stagedoor = newShell(world, { ...quick, registry: registry.url });
  const told = record(stagedoor, 'runtime:update-staged');
  const progress = record(stagedoor, 'update:progress');
  const again = next(stagedoor, 'update:settled', ({ outcome }) => outcome === 'already-staged');
  await stagedoor.start();
  await again;
  expect(told.map(({ event }) => event)).toEqual([{ version: '1.1.0', superseded: null }]);
  expect(new Set(progress.map(({ event }) => event.phase))).toContain('downloading');
  expect(await stagedoor.restart()).toMatchObject({ outcome: 'running', version: '1.1.0' });
});

test('C-01: who asks while a check is in flight joins it: one request, one answer', async () => {
  const world = newWorld();
  const registry = await registryForTest();
  registry.publish(packed('1.0.0'));
  registry.fault({ path: 'packument', times: 1 }, { kind: 'drip', bytesPerTick: 40, ms: 5 });
  const stagedoor = newShell(world, { registry: registry.url });
  const outcomes = await Promise.all([stagedoor.check(), stagedoor.check(), stagedoor.update()]);
  expect(new Set(outcomes.map(outcome => JSON.stringify(outcome))).size).toBe(1);
  expect(registry.requests).toHaveLength(1);
});

test('U-11: the newest version for this shell is staged, then the host is told once that it is outgrown', async () => {
  const world = newWorld();
  const registry = await registryForTest();
  registry.publish(packed('1.1.0'));
  registry.publish(packed('2.0.0', { manifest: { engines: { 'my-app': '>=3' } } }));
  const shell = { shellName: 'my-app', shellVersion: '2.1.0', registry: registry.url };
  const stagedoor = newShell(world, { ...quick, ...shell });
  const told = record(stagedoor, 'runtime:update-staged', 'update:outgrown');
  const settled = (outcome: string) => next(stagedoor, 'update:settled', one => one.outcome === outcome);
  const first = settled('staged');
  await stagedoor.start();
  await first;
  await rounds(3, () => settled('outgrown'));
  const outgrown = { version: '2.0.0', needs: 'my-app >=3', shell: '2.1.0' };
  expect(told).toEqual([
    { name: 'runtime:update-staged', event: { version: '1.1.0', superseded: null } },
    { name: 'update:outgrown', event: outgrown },
  ]);
  expect(await stagedoor.check()).toEqual({ outcome: 'outgrown', ...outgrown });
  await stagedoor.stop();
  const kept = readJournal(fs, world.layout, 10_000).filter(({ event }) => event === 'update:outgrown');
  expect(kept).toMatchObject([outgrown]);
});

test('C-01: a machine that wakes up is looked after at once, in the middle of an interval or of a backoff', async () => {
  const world = newWorld();
  const registry = await registryForTest();
  registry.publish(packed('1.0.0'));
  const rare = {
    ...quick.schedule,
    intervalMs: 3_600_000,
    backoffBaseMs: 3_600_000,
    backoffCapMs: 7_200_000,
  };
  const stagedoor = newShell(world, { ...quick, schedule: rare, registry: registry.url });
  const settled = () => next(stagedoor, 'update:settled');
  const first = settled();
  await stagedoor.start();
  await first;
  const disarm = registry.fault(
    { path: 'packument' },
    { kind: 'status', code: 503, headers: { 'retry-after': '7200' } },
  );
  const second = settled();
  stagedoor.wake();
  expect(await second).toMatchObject({ outcome: 'failed', error: { code: 'REGISTRY_UNREACHABLE' } });
  disarm();
  registry.publish(packed('1.1.0'));
  const third = settled();
  stagedoor.wake();
  stagedoor.wake();
  expect(await third).toMatchObject({ outcome: 'staged', version: '1.1.0' });
  expect(registry.requests.filter(({ subject }) => subject === 'packument')).toHaveLength(3);
});

test('C-04: a machine that wakes up asks nothing where updates are off', async () => {
  const world = newWorld();
  const registry = await registryForTest();
  registry.publish(packed('1.1.0'));
  const stagedoor = newShell(world, { registry: registry.url });
  await stagedoor.start();
  stagedoor.wake();
  await stagedoor.stop();
  expect(registry.requests).toEqual([]);
});

test('C-02: a check that fails is reported, and the schedule goes on until it succeeds', async () => {
  const world = newWorld();
  const registry = await registryForTest();
  registry.publish(packed('1.1.0'));
  registry.fault({ times: 2 }, { kind: 'status', code: 503 });
  registry.fault({ times: 1 }, { kind: 'status', code: 401 });
  const stagedoor = newShell(world, { ...quick, registry: registry.url });
  const told = record(stagedoor, 'update:settled');
  const staged = next(stagedoor, 'runtime:update-staged');
  await stagedoor.start();
  expect(await staged).toMatchObject({ version: '1.1.0' });
  const failures = told.flatMap(({ event }) => (event.outcome === 'failed' ? [event.error.code] : []));
  expect(failures).toEqual(['REGISTRY_UNREACHABLE', 'REGISTRY_UNREACHABLE', 'REGISTRY_REFUSED']);
});

test('C-03: stop cancels a download; nothing is left of it, and nothing is staged', async () => {
  const world = newWorld();
  const registry = await registryForTest();
  registry.publish(packed('1.1.0'));
  registry.fault({ path: 'tarball' }, { kind: 'drip', bytesPerTick: 1, ms: 20 });
  const stagedoor = newShell(world, { registry: registry.url });
  await stagedoor.start();
  const updated = stagedoor.update();
  await until(() => registry.requests.some(({ subject }) => subject === 'tarball'));
  await stagedoor.stop();
  expect(await updated).toEqual({ outcome: 'cancelled' });
  expect(existsSync(world.layout.current)).toBe(false);
  expect(partials(world)).toEqual([]);
});

test('C-03: cancel ends what is in flight, and the next update stages it', async () => {
  const world = newWorld();
  const registry = await registryForTest();
  registry.publish(packed('1.1.0'));
  registry.fault({ path: 'tarball', times: 1 }, { kind: 'hang' });
  const stagedoor = newShell(world, { registry: registry.url });
  const updated = stagedoor.update();
  await until(() => registry.requests.some(({ subject }) => subject === 'tarball'));
  stagedoor.cancel();
  expect(await updated).toEqual({ outcome: 'cancelled' });
  expect(await stagedoor.update()).toMatchObject({ outcome: 'staged', version: '1.1.0' });
});

test('C-04: with updates off nothing is asked by itself, and an explicit check is answered', async () => {
  const world = newWorld();
  const registry = await registryForTest();
  registry.publish(packed('1.1.0'));
  const stagedoor = newShell(world, { ...quick, updates: false, registry: registry.url });
  await stagedoor.start();
  expect(stagedoor.actor.getSnapshot().value.updates).toBe('off');
  expect(registry.requests).toEqual([]);
  expect(await stagedoor.check()).toMatchObject({ outcome: 'update-available', version: '1.1.0' });
  expect(existsSync(world.layout.current)).toBe(false);
});

test('C-01: hold ends the schedule, release begins it anew, and an explicit check is answered meanwhile', async () => {
  const world = newWorld();
  const registry = await registryForTest();
  registry.publish(packed('1.0.0'));
  const stagedoor = newShell(world, { ...quick, registry: registry.url });
  stagedoor.hold();
  await stagedoor.start();
  expect(registry.requests).toEqual([]);
  expect(await stagedoor.check()).toMatchObject({ outcome: 'up-to-date' });
  const settled = next(stagedoor, 'update:settled');
  stagedoor.release();
  expect(await settled).toMatchObject({ outcome: 'up-to-date' });
});

test('P-25: nothing is downloaded while the running version has not proven healthy', async () => {
  const world = newWorld();
  const registry = await registryForTest();
  registry.publish(packed('1.2.0'));
  const waits = `process.on('disconnect', () => process.exit(0));
process.on('message', () => process.exit(0));
process.stdin.once('data', () => process.send({ type: 'stagedoor.ready', attempt: process.env.STAGEDOOR_ATTEMPT }));
console.log('up');
`;
  await stage(world, '1.1.0', { files: { 'cli.js': waits } });
  const stagedoor = newShell(world, { registry: registry.url });
  const up = next(stagedoor, 'runtime:output');
  const started = stagedoor.start();
  await up;
  const deferred = await stagedoor.update();
  expect(deferred).toMatchObject({ outcome: 'deferred', refusal: { code: 'runtime-unproven' } });
  expect(registry.requests.map(({ subject }) => subject)).not.toContain('tarball');
  stagedoor.write(Buffer.from('now'));
  expect(await started).toMatchObject({ version: '1.1.0' });
  expect(await stagedoor.update()).toMatchObject({ outcome: 'staged', version: '1.2.0' });
});

test('L-04: where nothing starts the cure is looked for at once, staged and launched', async () => {
  const world = newWorld({ behaviour: 'dies-at-start' });
  const registry = await registryForTest();
  registry.publish(packed('1.1.0'));
  const stagedoor = newShell(world, { ...quick, registry: registry.url });
  const ready = next(stagedoor, 'runtime:ready');
  expect(await stagedoor.start()).toMatchObject({ outcome: 'exhausted' });
  expect(await ready).toMatchObject({ version: '1.1.0' });
});

test('C-01: timers do not keep a process alive that only checked', async () => {
  const world = newWorld();
  const registry = await registryForTest();
  registry.fault({}, { kind: 'status', code: 503 });
  const program = fileURLToPath(new URL('../../../dist/test/src/check-only.js', import.meta.url));
  const options = { ...world.options, updates: true, registry: registry.url, limits: { retries: 0 } };
  const { stdout } = await promisify(execFile)(process.execPath, [program, JSON.stringify(options)]);
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'failed', error: { code: 'REGISTRY_UNREACHABLE' } });
});
