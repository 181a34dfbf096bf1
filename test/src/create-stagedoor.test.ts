import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createStagedoor, type StagedoorOptions } from '#src/index.js';
import { isAlive, processToken } from '#src/process/identity.js';
import { readJournal } from '#src/store/journal.js';
import {
  answer,
  fs,
  layOut,
  newShell,
  newWorld,
  next,
  nextAddress,
  packed,
  record,
  stage,
  trust,
  until,
} from '../support/app-world.ts';
import { registryForTest } from '../support/loopback.ts';

describe('a caller’s mistake', () => {
  const mistakes: readonly (readonly [string, object, string])[] = [
    ['package', { package: '../evil' }, 'option "package" must be the name of an npm package, got "../evil"'],
    ['package', { package: undefined }, 'option "package" must be the name of an npm package, got undefined'],
    ['entry', { entry: '../cli.js' }, 'option "entry" must be a path inside the package, got "../cli.js"'],
    ['probe', { probe: 'tcp:99999' }, 'probe "tcp:99999" needs a port'],
    [
      'probeTimeout',
      { probeTimeout: -1 },
      'option "probeTimeout" must be a number of milliseconds above 0, got -1',
    ],
    ['registry', { registry: 'ftp://a' }, 'option "registry" must be an http or https URL, got "ftp://a"'],
    ['channel', { channel: 'a b' }, 'option "channel" must be the name of a dist-tag, got "a b"'],
    ['args', { args: [1] }, 'option "args" must be a list of texts, got [1]'],
    ['env', { env: 'PATH' }, 'option "env" must be an object, got "PATH"'],
    ['natives', { natives: 'node-pty' }, 'option "natives" must be a list, got "node-pty"'],
    [
      'natives',
      { natives: [{ name: '../x' }] },
      'option "natives" must be names of npm packages, got "../x"',
    ],
    [
      'shellName',
      { shellName: 'node' },
      'option "shellName" must be the name of the shell in the engines of a package, got "node"',
    ],
    ['shellName', { shellName: '' }, 'in the engines of a package, got ""'],
    ['shellName', { shellName: 'a\nb' }, 'in the engines of a package, got "a\\nb"'],
    ['shellName', { shellName: 'constructor' }, 'in the engines of a package, got "constructor"'],
    ['updates', { updates: 'no' }, 'option "updates" must be a boolean, got "no"'],
    [
      'schedule',
      { schedule: { intervalMs: -5 } },
      'option "schedule.intervalMs" must be a number that is not negative',
    ],
    [
      'limits',
      { limits: { files: 'many' } },
      'option "limits.files" must be a number that is not negative, got "many"',
    ],
  ];
  for (const [option, given, message] of mistakes) {
    test(`P-39: ${option} ${JSON.stringify(given)} is a TypeError that quotes it, and touches no disk`, () => {
      const world = newWorld();
      const options = { ...world.options, ...given } as StagedoorOptions;
      expect(() => createStagedoor(options)).toThrow(TypeError);
      expect(() => createStagedoor(options)).toThrow(message);
      expect(existsSync(world.layout.root)).toBe(false);
    });
  }

  test('P-39: no options at all, and arguments of verbs, are quoted, too', async () => {
    expect(() => createStagedoor(undefined as never)).toThrow(
      'option "options" must be an object, got undefined',
    );
    const stagedoor = newShell(newWorld());
    await expect(stagedoor.pin(7 as never)).rejects.toThrow('"version" must be the text of a version, got 7');
    await expect(stagedoor.restart({ when: 'later' as never })).rejects.toThrow('got "later"');
    expect(() => stagedoor.lease(undefined as never)).toThrow('got undefined');
  });
});

describe('start, restart and stop', () => {
  test('L-03: start answers what runs, also where it runs already; restart begins where nothing runs', async () => {
    const world = newWorld();
    const stagedoor = newShell(world);
    const told = record(stagedoor, 'runtime:starting');
    const first = await stagedoor.restart();
    expect(first).toMatchObject({ outcome: 'running', version: '1.0.0', role: 'bundled' });
    expect(await stagedoor.start()).toEqual(first);
    expect(told).toHaveLength(1);
    const stopped = stagedoor.stop();
    expect(await stagedoor.start()).toMatchObject({ outcome: 'running', version: '1.0.0' });
    await stopped;
    expect(told).toHaveLength(2);
  });

  test('L-09: a listener detaches itself and no other', async () => {
    const world = newWorld();
    const stagedoor = newShell(world);
    const heard: string[] = [];
    const detach = stagedoor.on('runtime:ready', () => heard.push('first'));
    stagedoor.on('runtime:ready', () => heard.push('second'));
    await stagedoor.start();
    detach();
    detach();
    await stagedoor.restart();
    expect(heard).toEqual(['first', 'second', 'second']);
  });

  test('P-31: stop waits until a helper that ignores signals, in a group of its own, has been ended too', async () => {
    const world = newWorld();
    await stage(world, '1.1.0', { behaviour: 'spawns-grandchild', detached: true });
    const stagedoor = newShell(world);
    const address = nextAddress(stagedoor);
    await stagedoor.start();
    const { pid, grandchild } = await answer(await address);
    const tokens = [pid, grandchild].map(id => processToken(Number(id)) ?? 'gone');
    expect(tokens.map(isAlive)).toEqual([true, true]);
    await stagedoor.stop();
    expect(tokens.map(isAlive)).toEqual([false, false]);
  });

  test('L-01: an app that starts, updates and stops ends by itself: no child, timer or thread holds it', async () => {
    const world = newWorld();
    const registry = await registryForTest();
    registry.publish(packed('1.1.0'));
    const program = fileURLToPath(new URL('../../dist/test/src/whole-app.js', import.meta.url));
    const options = { ...world.options, registry: registry.url, updates: true };
    const child = spawn(process.execPath, [program, JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    expect(JSON.parse(output)).toMatchObject([
      { outcome: 'running', version: '1.0.0' },
      { outcome: 'staged', version: '1.1.0' },
      { outcome: 'running', version: '1.1.0' },
      null,
    ]);
    expect(code).toBe(0);
  });

  test('P-37: the child’s environment is clean, names its attempt, and ours is left as it was', async () => {
    const world = newWorld();
    const files = {
      'cli.js': `process.on('message', () => undefined); console.log('env ' + JSON.stringify(process.env)); process.send({ type: 'stagedoor.ready', attempt: process.env.STAGEDOOR_ATTEMPT });`,
    };
    await stage(world, '1.1.0', { files });
    const env = {
      PATH: process.env.PATH,
      NODE_OPTIONS: '--inspect',
      LD_PRELOAD: '/evil.so',
      ELECTRON_RUN_AS_NODE: '1',
      npm_config_registry: 'x',
      STAGEDOOR_VERSION: '0.0.1',
      MINE: 'kept',
    };
    const before = { ...env };
    const stagedoor = newShell(world, { env });
    const printed = next(stagedoor, 'runtime:output', ({ chunk }) => chunk.toString().startsWith('env '));
    const starting = next(stagedoor, 'runtime:starting');
    await stagedoor.start();
    const child = JSON.parse((await printed).chunk.toString().slice(4)) as Record<string, string>;
    const { PATH, NODE_CHANNEL_FD, NODE_CHANNEL_SERIALIZATION_MODE, ...rest } = child;
    expect(rest).toEqual({
      MINE: 'kept',
      STAGEDOOR_ENTRY: path.join(world.layout.version('1.1.0'), 'cli.js'),
      STAGEDOOR_ATTEMPT: (await starting).attempt,
      STAGEDOOR_VERSION: '1.1.0',
      STAGEDOOR_EXEC: process.execPath,
    });
    expect(env).toEqual(before);
  });
});

describe('a restart and running work', () => {
  test('L-01: it waits for a lease and happens when the last one ends', async () => {
    const world = newWorld();
    const stagedoor = newShell(world);
    await stagedoor.start();
    const [first, second] = [stagedoor.lease('an export'), stagedoor.lease('a call')];
    await stage(world, '1.1.0');
    expect(await stagedoor.restart()).toEqual({ outcome: 'waiting', leases: ['an export', 'a call'] });
    first();
    expect(await stagedoor.start()).toMatchObject({ version: '1.0.0' });
    const ready = next(stagedoor, 'runtime:ready');
    second();
    second();
    expect(await ready).toMatchObject({ version: '1.1.0' });
  });

  test('L-01: the user’s consent does not wait', async () => {
    const world = newWorld();
    const stagedoor = newShell(world);
    await stagedoor.start();
    stagedoor.lease('an export');
    await stage(world, '1.1.0');
    expect(await stagedoor.restart({ when: 'now' })).toMatchObject({ outcome: 'running', version: '1.1.0' });
  });

  test('L-01: a runtime that says that it is busy is waited for', async () => {
    const world = newWorld();
    const stagedoor = newShell(world);
    const address = nextAddress(stagedoor);
    await stagedoor.start();
    const busy = new Promise<void>(resolve => {
      const { unsubscribe } = stagedoor.actor.subscribe(({ context }) => {
        if (context.leases.length === 0) return;
        unsubscribe();
        resolve();
      });
    });
    await answer(await address, '/busy');
    await busy;
    expect(await stagedoor.restart()).toEqual({ outcome: 'waiting', leases: ['the runtime'] });
    const ready = next(stagedoor, 'runtime:ready');
    await answer(await address, '/idle');
    expect(await ready).toMatchObject({ version: '1.0.0' });
  });

  test('P-27: a runtime that dies while a restart waits for it has died, and what is staged starts', async () => {
    const world = newWorld();
    const stagedoor = newShell(world);
    const started = await stagedoor.start();
    stagedoor.actor.send({ type: 'lease.taken', id: 'its own', name: 'the runtime' });
    await stage(world, '1.1.0');
    await stagedoor.restart();
    const exited = next(stagedoor, 'runtime:exited');
    const ready = next(stagedoor, 'runtime:ready');
    process.kill(started.outcome === 'running' ? (started.pid ?? 0) : 0, 'SIGKILL');
    expect(await exited).toMatchObject({ version: '1.0.0', restarting: true });
    expect(await ready).toMatchObject({ version: '1.1.0' });
  });
});

describe('the verbs of the store', () => {
  test('L-06: rollback leaves the running version for the previous one, and it is not staged again', async () => {
    const world = newWorld();
    const registry = await registryForTest();
    registry.publish(packed('1.2.0'));
    await trust(world, '1.1.0');
    await stage(world, '1.2.0');
    const stagedoor = newShell(world, { registry: registry.url });
    await stagedoor.start();
    const ready = next(stagedoor, 'runtime:ready');
    expect(await stagedoor.rollback()).toEqual({ outcome: 'rolled-back', from: '1.2.0', to: '1.1.0' });
    expect(await ready).toMatchObject({ version: '1.1.0' });
    expect(await stagedoor.update()).toMatchObject({
      outcome: 'bad-version',
      mark: { cause: 'ROLLED_BACK' },
    });
    expect(await stagedoor.forgive('1.2.0')).toEqual({ outcome: 'forgiven', version: '1.2.0' });
    expect(await stagedoor.forgive('1.2.0')).toEqual({ outcome: 'not-marked', version: '1.2.0' });
    expect(await stagedoor.update()).toMatchObject({ outcome: 'staged', version: '1.2.0' });
  });

  test('L-06: rollback leaves a version that is still on its way up', async () => {
    const world = newWorld();
    await stage(world, '1.1.0', { behaviour: 'never-listens' });
    const stagedoor = newShell(world);
    const starting = next(stagedoor, 'runtime:starting');
    const started = stagedoor.start();
    expect(await starting).toMatchObject({ version: '1.1.0' });
    expect(await stagedoor.rollback()).toEqual({ outcome: 'rolled-back', from: '1.1.0', to: '1.0.0' });
    expect(await started).toMatchObject({ outcome: 'running', version: '1.0.0' });
  });

  test('P-39: rollback where only the bundled runtime is there has nothing to do', async () => {
    const stagedoor = newShell(newWorld());
    expect(await stagedoor.rollback()).toEqual({ outcome: 'nothing-to-roll-back' });
    await expect(stagedoor.rollback('9.9.9')).rejects.toMatchObject({ code: 'VERSION_UNKNOWN' });
  });

  test('P-39: pin keeps a version against newer ones until unpin; orders given at once take turns', async () => {
    const world = newWorld();
    const registry = await registryForTest();
    registry.publish(packed('1.3.0'));
    layOut(world, '1.1.0');
    await stage(world, '1.2.0');
    const stagedoor = newShell(world, { registry: registry.url });
    const results = await Promise.all([
      stagedoor.pin('1.2.0'),
      stagedoor.unpin(),
      stagedoor.pin('1.1.0'),
      stagedoor.pin('4.4.4').catch((error: unknown) => error),
    ]);
    expect(results).toMatchObject([
      { outcome: 'pinned', version: '1.2.0' },
      { outcome: 'unpinned', version: '1.2.0' },
      { outcome: 'pinned', version: '1.1.0' },
      { code: 'VERSION_UNKNOWN' },
    ]);
    expect(await stagedoor.start()).toMatchObject({ version: '1.1.0', role: 'pinned' });
    expect(await stagedoor.update()).toMatchObject({ outcome: 'deferred', refusal: { code: 'pinned' } });
    expect(await stagedoor.status()).toMatchObject({ outcome: 'ok', pinned: '1.1.0' });
    await stagedoor.unpin();
    expect(await stagedoor.restart()).toMatchObject({ version: '1.2.0' });
  });

  test('P-39: explain and the journal say what runs, what was refused and why', async () => {
    const world = newWorld();
    await stage(world, '1.1.0', { behaviour: 'dies-at-start' });
    const stagedoor = newShell(world);
    const rolledBack = next(stagedoor, 'runtime:rolled-back');
    await stagedoor.start();
    await rolledBack;
    await stage(world, '1.1.0', { behaviour: 'dies-at-start' });
    const explanation = await stagedoor.explain();
    expect(explanation).toMatchObject({
      running: '1.0.0',
      wouldLaunch: [{ role: 'bundled', version: '1.0.0' }],
      marks: [{ version: '1.1.0', cause: 'LAUNCH_EXITED_EARLY', strikes: 2 }],
    });
    expect(explanation.refusals).toContainEqual(
      expect.objectContaining({
        code: 'bad-version',
        message: expect.stringContaining('a fault at the start'),
      }),
    );
    const { history, marks } = await stagedoor.explain('1.1.0');
    expect(marks).toHaveLength(1);
    expect(history.map(({ event }) => event)).toEqual([
      'launch.resolved',
      'runtime:starting',
      'runtime:failed',
      'runtime:judged',
      'runtime:rolled-back',
    ]);
    expect(readJournal(fs, world.layout, 100).map(({ event }) => event)).toContain('runtime:ready');
  });

  test('P-39: status tells the pointer, the marks and the attempts, and changes nothing', async () => {
    const world = newWorld();
    const stagedoor = newShell(world);
    expect(await stagedoor.status()).toMatchObject({
      pointer: { state: 'none' },
      bundled: { version: '1.0.0' },
    });
    expect(existsSync(world.layout.root)).toBe(false);
    await stage(world, '1.1.0');
    expect(await stagedoor.status()).toMatchObject({
      current: '1.1.0',
      pointer: { state: 'valid', version: '1.1.0' },
    });
  });
});

test('S-07: two of us on one store stage different things at once, and both run what is newest', async () => {
  const world = newWorld();
  const registry = await registryForTest();
  registry.publish(packed('1.1.0'));
  registry.publish(packed('1.2.0'), { tag: 'next' });
  const [latest, newer] = [
    newShell(world, { registry: registry.url }),
    newShell(world, { registry: registry.url, channel: 'next' }),
  ];
  await Promise.all([latest.start(), newer.start()]);
  const outcomes = await Promise.all([latest.update(), newer.update()]);
  expect(outcomes).toContainEqual(expect.objectContaining({ outcome: 'staged', version: '1.2.0' }));
  expect(await latest.restart()).toMatchObject({ outcome: 'running', version: '1.2.0' });
  expect(await newer.restart()).toMatchObject({ outcome: 'running', version: '1.2.0' });
});

test('C-02: after a chart has failed, which is a defect of ours, every verb answers and the child is ended', async () => {
  const world = newWorld();
  const stagedoor = newShell(world);
  const started = await stagedoor.start();
  const token = processToken(started.outcome === 'running' ? (started.pid ?? 0) : 0) ?? 'gone';
  const exhausted = next(stagedoor, 'runtime:exhausted');
  // An event that no type admits: what reads it throws, and xstate stops the chart with that error.
  stagedoor.actor.send({
    type: 'lease.taken',
    get id(): string {
      throw new RangeError('a defect');
    },
    name: '',
  });
  expect(await exhausted).toMatchObject({ error: { code: 'INTERNAL', message: 'a defect' } });
  await until(() => !isAlive(token));
  expect(await stagedoor.check()).toMatchObject({ outcome: 'failed', error: { code: 'INTERNAL' } });
  await expect(stagedoor.unpin()).rejects.toMatchObject({ code: 'INTERNAL' });
  expect(await stagedoor.start()).toEqual({ outcome: 'stopped' });
  await stagedoor.stop();
});

test('C-02: an update chart that fails is written down and is no uncaught exception: the app goes on without updates', async () => {
  const world = newWorld();
  const stagedoor = newShell(world);
  const started = await stagedoor.start();
  stagedoor.actor.system.get('update').send(undefined as never);
  expect(await stagedoor.update()).toMatchObject({ outcome: 'failed' });
  expect(await stagedoor.start()).toEqual(started);
  const { history } = await stagedoor.explain();
  expect(history.filter(({ event }) => event === 'chart.defect')).toHaveLength(1);
});
