import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Stagedoor } from '#src/index.js';
import { readAttempts } from '#src/store/attempts.js';
import { readBadVersions } from '#src/store/bad-versions.js';
import { readPointer } from '#src/store/pointer.js';
import {
  type AppWorld,
  answer,
  fs,
  layOut,
  newLauncher,
  newShell,
  newWorld,
  next,
  nextAddress,
  put,
  record,
  stage,
  trust,
} from '../../support/app-world.ts';

const marks = ({ layout }: AppWorld) =>
  readBadVersions(fs, layout).map(({ version, strikes, cause }) => ({ version, strikes, cause }));
const attempts = ({ layout }: AppWorld) =>
  readAttempts(fs, layout).map(({ version, state }) => `${version} ${state}`);
const pointer = ({ layout }: AppWorld) => {
  const state = readPointer(fs, layout);
  return state.kind === 'valid' ? state.pointer.version : null;
};

/** Starts, and waits for the verdicts if something failed. */
const startJudged = async (stagedoor: Stagedoor) => {
  const judged = next(stagedoor, 'runtime:judged');
  const started = await stagedoor.start();
  return { started, judgements: (await judged).judgements };
};

describe('a version that fails', () => {
  test('L-03: the same launch goes on with the previous known-good version, each candidate once', async () => {
    const world = newWorld();
    await trust(world, '1.1.0');
    await stage(world, '1.2.0', { behaviour: 'dies-at-start' });
    const stagedoor = newShell(world);
    const told = record(stagedoor, 'runtime:starting');
    const { started } = await startJudged(stagedoor);
    expect(started).toMatchObject({ outcome: 'running', version: '1.1.0', role: 'previous' });
    expect(told.map(({ event }) => event.version)).toEqual(['1.2.0', '1.1.0']);
  });

  test('L-06: it is marked bad, then its pointer and folder go, then the user is told', async () => {
    const world = newWorld();
    await stage(world, '1.1.0', { behaviour: 'dies-at-start' });
    const stagedoor = newShell(world);
    const rolledBack = next(stagedoor, 'runtime:rolled-back');
    await stagedoor.start();
    const event = await rolledBack;
    expect(event).toMatchObject({ version: '1.1.0', running: '1.0.0' });
    expect(event.reason).toContain('a fault at the start');
    expect(marks(world)).toEqual([{ version: '1.1.0', strikes: 2, cause: 'LAUNCH_EXITED_EARLY' }]);
    expect(pointer(world)).toBeNull();
    expect(existsSync(world.layout.version('1.1.0'))).toBe(false);
    expect(attempts(world)).toEqual(['1.1.0 failed', '1.0.0 ready']);
  });

  test('S-06: once it is marked bad it is not launched again', async () => {
    const world = newWorld();
    await stage(world, '1.1.0', { behaviour: 'dies-at-start' });
    const first = newShell(world);
    await startJudged(first);
    await first.stop();
    await stage(world, '1.1.0', { behaviour: 'dies-at-start' });
    const second = newShell(world);
    const told = record(second, 'runtime:starting');
    await second.start();
    expect(told.map(({ event }) => event.version)).toEqual(['1.0.0']);
  });

  test('L-06: where the mark cannot be written nothing is removed, the launch falls back, and a later boot marks', async () => {
    const world = newWorld();
    await stage(world, '1.1.0', { behaviour: 'dies-at-start' });
    put(`${world.layout.badVersions}/in-the-way`, 'x');
    const first = newShell(world);
    const told = record(first, 'runtime:rolled-back');
    const { started } = await startJudged(first);
    expect(started).toMatchObject({ outcome: 'running', version: '1.0.0' });
    await first.stop();
    expect(told).toEqual([]);
    expect(pointer(world)).toBe('1.1.0');
    expect(existsSync(world.layout.version('1.1.0'))).toBe(true);
    fs.rmSync(world.layout.badVersions, { recursive: true });
    const second = newShell(world);
    const rolledBack = next(second, 'runtime:rolled-back');
    await second.start();
    await rolledBack;
    expect(marks(world)).toMatchObject([{ version: '1.1.0' }]);
    expect(pointer(world)).toBeNull();
  });

  test('L-05: an update staged between spawn and failure is not blamed, stays pointed to, and is launched next', async () => {
    const world = newWorld();
    const late = `console.log('up'); process.stdin.once('data', () => { throw new Error('too late'); });`;
    await stage(world, '1.1.0', { files: { 'cli.js': late } });
    const stagedoor = newShell(world);
    const launched = startJudged(stagedoor);
    await next(stagedoor, 'runtime:output');
    await stage(world, '1.2.0');
    stagedoor.write(Buffer.from('now'));
    expect((await launched).started).toMatchObject({ version: '1.0.0' });
    expect(marks(world)).toMatchObject([{ version: '1.1.0', strikes: 2 }]);
    expect(pointer(world)).toBe('1.2.0');
    expect(existsSync(world.layout.version('1.2.0'))).toBe(true);
    expect(await stagedoor.restart()).toMatchObject({ outcome: 'running', version: '1.2.0' });
  });

  test('L-04: where everything fails the launch ends with the first error, three spawns and no mark', async () => {
    const world = newWorld({ behaviour: 'exits-zero' });
    await trust(world, '1.1.0', { behaviour: 'dies-at-start' });
    await stage(world, '1.2.0', { behaviour: 'dies-at-start' });
    const stagedoor = newShell(world);
    const told = record(stagedoor, 'runtime:starting');
    const outcome = await stagedoor.start();
    expect(outcome).toMatchObject({ outcome: 'exhausted', error: { code: 'LAUNCH_EXITED_EARLY' } });
    expect(outcome.outcome === 'exhausted' && outcome.error.message).toContain('1.2.0');
    expect(told.map(({ event }) => event.version)).toEqual(['1.2.0', '1.1.0', '1.0.0']);
    expect(marks(world)).toEqual([]);
    expect(pointer(world)).toBe('1.2.0');
    expect(attempts(world)).toEqual(['1.2.0 failed', '1.1.0 failed', '1.0.0 failed']);
  });

  test('P-27: a version that hangs gets a strike, is tried once more, and is bad at the second', async () => {
    const world = newWorld();
    await stage(world, '1.1.0', { behaviour: 'hangs' });
    const launch = async () => {
      const stagedoor = newShell(world, { probeTimeout: 1200 });
      const { started } = await startJudged(stagedoor);
      await stagedoor.stop();
      return started;
    };
    expect(await launch()).toMatchObject({ version: '1.0.0' });
    expect(marks(world)).toMatchObject([{ strikes: 1 }]);
    expect(pointer(world)).toBe('1.1.0');
    expect(await launch()).toMatchObject({ version: '1.0.0' });
    expect(marks(world)).toMatchObject([{ strikes: 2 }]);
    expect(pointer(world)).toBeNull();
  });

  test('P-27: one that ends with 0 before it is ready, and one that misses a module of its own, are bad at once', async () => {
    for (const behaviour of ['exits-zero', 'missing-dependency'] as const) {
      const world = newWorld();
      await stage(world, '1.1.0', { behaviour });
      const { judgements } = await startJudged(newShell(world));
      expect(judgements).toMatchObject([{ verdict: { kind: 'version', mark: 'bad' } }]);
      expect(marks(world)).toMatchObject([{ version: '1.1.0', cause: 'LAUNCH_EXITED_EARLY' }]);
    }
  });

  test('P-29: a proof that names another version is no proof', async () => {
    const world = newWorld();
    await stage(world, '1.1.0', { behaviour: 'answers-as-another', answers: '1.0.0' });
    const { started, judgements } = await startJudged(newShell(world, { probeTimeout: 1200 }));
    expect(started).toMatchObject({ version: '1.0.0' });
    expect(judgements).toMatchObject([{ suspect: { observation: 'timedOut' } }]);
  });

  test('P-27: the third death after ready is a crash loop: rolled back, and the previous version runs', async () => {
    const world = newWorld();
    await trust(world, '1.1.0');
    await stage(world, '1.2.0', { behaviour: 'dies-after-ready', afterMs: 1 });
    const launcher = newLauncher(world);
    const told = record(launcher, 'runtime:starting', 'runtime:exited');
    const rolledBack = next(launcher, 'runtime:rolled-back');
    await launcher.start();
    expect(await rolledBack).toMatchObject({ version: '1.2.0', running: '1.1.0' });
    expect(marks(world)).toEqual([{ version: '1.2.0', strikes: 2, cause: 'LAUNCH_CRASH_LOOP' }]);
    expect(told.map(({ name, event }) => `${name} ${event.version}`)).toEqual([
      ...Array(3).fill(['runtime:starting 1.2.0', 'runtime:exited 1.2.0']).flat(),
      'runtime:starting 1.1.0',
    ]);
  });

  test('L-03: after the fallback has died once it is started again, not the bundled runtime', async () => {
    const world = newWorld();
    await trust(world, '1.1.0');
    await trust(world, '1.2.0', { behaviour: 'dies-after-ready', afterMs: 1 });
    await stage(world, '1.2.0', { behaviour: 'dies-after-ready', afterMs: 1 });
    const launcher = newLauncher(world);
    const told = record(launcher, 'runtime:ready');
    const rolledBack = next(launcher, 'runtime:rolled-back');
    await launcher.start();
    await rolledBack;
    const again = next(launcher, 'runtime:ready');
    process.kill(told.at(-1)?.event.pid ?? 0, 'SIGKILL');
    expect(await again).toMatchObject({ version: '1.1.0', role: 'previous' });
  });
});

describe('a machine that fails (P-26)', () => {
  for (const behaviour of ['enospc', 'eaddrinuse'] as const) {
    test(`P-26: ${behaviour} blames the machine: the fallback runs and there is no mark`, async () => {
      const world = newWorld();
      await stage(world, '1.1.0', { behaviour });
      const { started, judgements } = await startJudged(newShell(world));
      expect(started).toMatchObject({ version: '1.0.0' });
      expect(judgements).toMatchObject([{ verdict: { kind: 'environment', mark: 'none' } }]);
      expect(marks(world)).toEqual([]);
      expect(pointer(world)).toBe('1.1.0');
    });
  }

  test('P-26: a native module that cannot be loaded is not the fault of the version', async () => {
    const world = newWorld();
    const broken = `import { createRequire } from 'node:module';\ncreateRequire(import.meta.url)('./broken.node');\n`;
    await stage(world, '1.1.0', { files: { 'cli.js': broken, 'broken.node': 'no machine code' } });
    const { judgements } = await startJudged(newShell(world));
    expect(judgements).toMatchObject([{ suspect: { exit: { environment: 'ERR_DLOPEN_FAILED' } } }]);
    expect(marks(world)).toEqual([]);
  });

  test('P-26: an executable that is missing is SPAWN_FAILED, and nobody is marked', async () => {
    const world = newWorld();
    await stage(world, '1.1.0');
    const outcome = await newShell(world, { exec: `${world.dir}/no-such-node` }).start();
    expect(outcome).toMatchObject({
      outcome: 'exhausted',
      error: { code: 'SPAWN_FAILED', blame: 'machine' },
    });
    expect(marks(world)).toEqual([]);
    expect(attempts(world)).toEqual(['1.1.0 failed', '1.0.0 failed']);
  });

  /** Another program on the port of the probe; gives back the options that lead a runtime to it. */
  const squat = async () => {
    const squatter = createServer(socket => socket.end()).listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    onTestFinished(() => void squatter.close());
    const address = squatter.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return { probe: `http://127.0.0.1:${port}/`, args: ['--port', String(port)] };
  };

  test('P-29: a port that answers before the spawn is PORT_TAKEN: no child, no mark', async () => {
    const world = newWorld();
    await stage(world, '1.1.0');
    const stagedoor = newShell(world, await squat());
    const output = record(stagedoor, 'runtime:output');
    expect(await stagedoor.start()).toMatchObject({ outcome: 'exhausted', error: { code: 'PORT_TAKEN' } });
    expect(output).toEqual([]);
    expect(marks(world)).toEqual([]);
  });

  test('P-26: quitting before a child that is refused leaves no open attempt to be counted later', async () => {
    const world = newWorld();
    await stage(world, '1.1.0');
    const stagedoor = newShell(world, await squat());
    const started = stagedoor.start();
    await next(stagedoor, 'runtime:starting');
    await stagedoor.stop();
    expect(await started).toEqual({ outcome: 'stopped' });
    expect(attempts(world)).toEqual(['1.1.0 stopped']);
  });

  test('P-26: a runtime that is killed from outside while it starts is inconclusive', async () => {
    const world = newWorld();
    const kills = `process.stdout.write(String(process.pid)); setInterval(() => undefined, 1000);`;
    await stage(world, '1.1.0', { files: { 'cli.js': kills } });
    const stagedoor = newShell(world);
    stagedoor.on('runtime:output', ({ chunk }) => {
      if (/^\d+$/.test(chunk.toString())) process.kill(Number(chunk.toString()), 'SIGKILL');
    });
    const { started, judgements } = await startJudged(stagedoor);
    expect(started).toMatchObject({ version: '1.0.0' });
    expect(judgements).toMatchObject([{ verdict: { kind: 'inconclusive', mark: 'none' } }]);
    expect(marks(world)).toEqual([]);
    expect(attempts(world)).toContain('1.1.0 inconclusive');
  });

  test('P-26: quitting while a version starts costs it nothing', async () => {
    const world = newWorld();
    await stage(world, '1.1.0', { behaviour: 'never-listens' });
    const stagedoor = newShell(world);
    const started = stagedoor.start();
    await next(stagedoor, 'runtime:output');
    await stagedoor.stop();
    expect(await started).toEqual({ outcome: 'stopped' });
    expect(marks(world)).toEqual([]);
    expect(attempts(world)).toEqual(['1.1.0 stopped']);
  });

  test('P-26: quitting while the child is being spawned leaves no open attempt behind', async () => {
    const world = newWorld();
    const stagedoor = newShell(world);
    const started = stagedoor.start();
    await next(stagedoor, 'runtime:starting');
    await stagedoor.stop();
    expect(await started).toEqual({ outcome: 'stopped' });
    expect(attempts(world)).toEqual(['1.0.0 stopped']);
  });
});

describe('a version that is fine', () => {
  test('P-27: an end with 0 after ready is an intended one: no restart, no mark', async () => {
    const world = newWorld();
    await stage(world, '1.1.0');
    const stagedoor = newShell(world);
    const address = nextAddress(stagedoor);
    await stagedoor.start();
    const exited = next(stagedoor, 'runtime:exited');
    await answer(await address, '/die?code=0');
    expect(await exited).toMatchObject({ version: '1.1.0', restarting: false, exit: { code: 0 } });
    expect(marks(world)).toEqual([]);
  });

  test('P-26: ended from outside after ready, it is started again and counts no death', async () => {
    const world = newWorld();
    await stage(world, '1.1.0');
    const launcher = newLauncher(world);
    const ready = record(launcher, 'runtime:ready');
    const outcome = await launcher.start();
    for (let round = 0; round < 4; round += 1) {
      const again = next(launcher, 'runtime:ready');
      process.kill(ready.at(-1)?.event.pid ?? 0, 'SIGKILL');
      await again;
    }
    expect(outcome).toMatchObject({ outcome: 'running', version: '1.1.0' });
    expect(ready.map(({ event }) => event.version)).toEqual(Array(5).fill('1.1.0'));
    expect(marks(world)).toEqual([]);
  });

  test('L-03: only three healthy launches make it the one that later versions fall back to', async () => {
    const world = newWorld();
    await stage(world, '1.1.0');
    for (const round of [1, 2, 3]) {
      const stagedoor = newShell(world);
      await stagedoor.start();
      await stagedoor.stop();
      const { previousGood, highWater } = await stagedoor.status();
      expect([round, highWater]).toEqual([round, round < 3 ? null : '1.1.0']);
      expect(previousGood).toBeNull();
    }
    await stage(world, '1.2.0', { behaviour: 'dies-at-start' });
    const { started } = await startJudged(newShell(world));
    expect(started).toMatchObject({ version: '1.1.0', role: 'previous' });
  });

  test('L-03: ten minutes of uptime are proof enough', async () => {
    const world = newWorld();
    await stage(world, '1.1.0');
    const launcher = newLauncher(
      world,
      {},
      { restartBaseMs: 1, restartCapMs: 1, trustAfterMs: 50, crashLimit: 3 },
    );
    const trusted = next(launcher, 'runtime:trusted');
    await launcher.start();
    expect(await trusted).toEqual({ version: '1.1.0' });
  });

  test('P-26: heartbeats extend the deadline of a slow start', async () => {
    const world = newWorld();
    await stage(world, '1.1.0', { behaviour: 'starts-slowly', afterMs: 2500 });
    const started = await newShell(world, { probeTimeout: 1500 }).start();
    expect(started).toMatchObject({ outcome: 'running', version: '1.1.0' });
  });
});

test('L-01: what was staged meanwhile is used by the next restart', async () => {
  const world = newWorld();
  const stagedoor = newShell(world);
  expect(await stagedoor.start()).toMatchObject({ version: '1.0.0', role: 'bundled' });
  await stage(world, '1.1.0');
  expect(await stagedoor.restart()).toMatchObject({ version: '1.1.0', role: 'override' });
  layOut(world, '1.2.0');
  expect(await stagedoor.restart()).toMatchObject({ version: '1.1.0' });
  await stagedoor.stop();
  expect(attempts(world)).toEqual(['1.0.0 stopped', '1.1.0 stopped', '1.1.0 stopped']);
});
