import { beforeEach, describe, expect, it, vi } from 'vitest';
import { answers, bundled, candidate, exit, failure, schedule } from '../support/charts/samples.ts';
import { breathe } from '../support/charts/slots.ts';
import { beginSupervision } from '../support/charts/supervising.ts';

const seconds = 1_000;
const minutes = 60 * seconds;

beforeEach(() => {
  vi.useFakeTimers();
});

describe('the schedule', () => {
  it('C-01: the first check comes 30 to 60 s after the runtime is healthy, not after the start', async () => {
    const world = beginSupervision(schedule);
    await world.send({ type: 'supervisor.start' });
    await world.recovered();
    await world.resolved([bundled]);
    await world.spawnNext();
    await world.wait(10 * minutes);
    expect(world.checks()).toBe(0);
    await world.prove();
    await world.wait(30 * seconds - 1);
    expect(world.checks()).toBe(0);
    await world.wait(30 * seconds + 1);
    expect(world.checks()).toBe(1);
  });

  it('C-01: then the registry is asked every 30 minutes, one question at a time', async () => {
    const world = beginSupervision(schedule);
    await world.healthy();
    await world.wait(minutes);
    const counts: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      counts.push(world.checks());
      await world.answer(answers().upToDate);
      await world.wait(30 * minutes);
    }
    expect(counts).toEqual([1, 2, 3, 4]);
  });

  it('C-01: a runtime that fails before the first check starts the 30 s anew', async () => {
    const world = beginSupervision(schedule);
    await world.healthy();
    await world.wait(20 * seconds);
    await world.childExits();
    await world.wait(5 * seconds);
    await world.resolved([bundled]);
    await world.spawnNext();
    await world.wait(5 * minutes);
    expect(world.checks()).toBe(0);
    await world.prove();
    await world.wait(minutes);
    expect(world.checks()).toBe(1);
  });

  it('C-01: an explicit check joins one in flight', async () => {
    const world = beginSupervision(schedule);
    await world.healthy();
    await world.send({ type: 'supervisor.check' });
    await world.wait(minutes);
    await world.send({ type: 'supervisor.update' });
    expect(world.checks()).toBe(1);
  });

  it('C-02: a failed check is followed by the next one', async () => {
    const world = beginSupervision(schedule);
    await world.healthy();
    await world.wait(minutes);
    world.update.checkRegistry.reject(failure('REGISTRY_MALFORMED'));
    await breathe();
    world.update.cleanScratch.resolve();
    await world.wait(30 * minutes);
    expect(world.checks()).toBe(2);
    expect(world.state().status).toBe('active');
  });

  it('C-03: a stop cancels the download in flight, ends the child and asks nothing any more', async () => {
    const world = beginSupervision(schedule);
    await world.healthy();
    await world.wait(minutes);
    await world.answer(answers().available);
    await world.send({ type: 'supervisor.stop' });
    expect(world.update.download.calls[0]?.signal.aborted).toBe(true);
    expect(world.launch.runtime.orders).toEqual([{ type: 'runtime.end', because: 'asked' }]);
    await world.childExits({ code: null, signal: 'SIGTERM' });
    world.update.cleanScratch.resolve();
    await world.wait(24 * 60 * minutes);
    expect(world.runtime()).toBe('"stopped"');
    expect(world.checks()).toBe(1);
  });

  it('C-03: a stop lets a commit end', async () => {
    const world = beginSupervision(schedule);
    await world.healthy();
    await world.wait(minutes);
    await world.answer(answers().adoptable);
    world.update.adoptFolder.resolve({ tree: 'tree' });
    await breathe();
    await world.send({ type: 'supervisor.stop' });
    expect(world.update.commitPointer.calls[0]?.signal.aborted).toBe(false);
  });

  it('C-03: a stop before anything was launched cancels an explicit update', async () => {
    const world = beginSupervision(null);
    await world.send({ type: 'supervisor.update' });
    await world.send({ type: 'supervisor.stop' });
    expect(world.update.checkRegistry.calls[0]?.signal.aborted).toBe(true);
    expect(world.runtime()).toBe('"stopped"');
  });

  it('C-03: after a stop, neither a permission nor a backoff asks the registry', async () => {
    const world = beginSupervision(schedule);
    await world.send({ type: 'supervisor.start' });
    await world.recovered();
    await world.send({ type: 'supervisor.update' });
    await world.answer(answers().available);
    await world.send({ type: 'supervisor.stop' });
    await world.wait(24 * 60 * minutes);
    expect(world.checks()).toBe(1);
  });

  it('C-04: without a schedule the registry is never asked, whatever happens to the runtime', async () => {
    const world = beginSupervision(null);
    await world.healthy([bundled]);
    await world.wait(24 * 60 * minutes);
    await world.send({ type: 'supervisor.hold' });
    await world.send({ type: 'supervisor.release' });
    await world.wait(24 * 60 * minutes);
    await world.childExits();
    await world.wait(minutes);
    world.launch.resolveCandidates.reject(failure('STORE_UNREADABLE'));
    await breathe();
    world.launch.settleVerdicts.resolve({ rolledBack: [] });
    await world.wait(24 * 60 * minutes);
    expect(world.runtime()).toBe('"down"');
    expect(world.checks()).toBe(0);
  });

  it('C-04: an explicit update is answered also without a schedule', async () => {
    const world = beginSupervision(null);
    await world.send({ type: 'supervisor.update' });
    await world.stage(answers().available);
    expect(world.state().context.staged).toBe('1.1.0');
  });

  it('C-01: nothing is downloaded while the running version has not proven healthy', async () => {
    const world = beginSupervision(schedule);
    await world.send({ type: 'supervisor.start' });
    await world.recovered();
    await world.resolved([bundled]);
    await world.spawnNext();
    await world.send({ type: 'supervisor.update' });
    await world.answer(answers().available);
    expect(world.update.download.calls).toEqual([]);
    await world.prove();
    await world.wait(minutes);
    await world.answer(answers().available);
    expect(world.update.download.calls).toHaveLength(1);
  });
});

describe('hold and release', () => {
  it('hold: nothing is asked until the release, then 30 to 60 s later', async () => {
    const world = beginSupervision(schedule);
    await world.healthy();
    await world.send({ type: 'supervisor.hold' });
    await world.wait(24 * 60 * minutes);
    expect(world.checks()).toBe(0);
    await world.send({ type: 'supervisor.release' });
    await world.wait(30 * seconds - 1);
    expect(world.checks()).toBe(0);
    await world.wait(30 * seconds + 1);
    expect(world.checks()).toBe(1);
  });

  it('hold: an interval that is running asks no more', async () => {
    const world = beginSupervision(schedule);
    await world.healthy();
    await world.wait(minutes);
    await world.answer(answers().upToDate);
    await world.send({ type: 'supervisor.hold' });
    await world.wait(24 * 60 * minutes);
    expect(world.checks()).toBe(1);
  });

  it('hold: an explicit check is answered all the same', async () => {
    const world = beginSupervision(schedule);
    await world.healthy();
    await world.send({ type: 'supervisor.hold' });
    await world.send({ type: 'supervisor.check' });
    expect(world.checks()).toBe(1);
  });

  it('hold: one before the start lasts over the start', async () => {
    const world = beginSupervision(schedule);
    await world.send({ type: 'supervisor.hold' });
    await world.healthy();
    await world.wait(24 * 60 * minutes);
    expect(world.checks()).toBe(0);
    await world.send({ type: 'supervisor.release' });
    await world.wait(minutes);
    expect(world.checks()).toBe(1);
  });

  it('hold: it lasts over a stop and the next start', async () => {
    const world = beginSupervision(schedule);
    await world.healthy();
    await world.send({ type: 'supervisor.hold' });
    await world.send({ type: 'supervisor.stop' });
    await world.childExits();
    expect(world.runtime()).toBe('"stopped"');
    await world.healthy();
    await world.wait(24 * 60 * minutes);
    expect(world.checks()).toBe(0);
    await world.send({ type: 'supervisor.release' });
    await world.wait(minutes);
    expect(world.checks()).toBe(1);
  });

  it('hold: a release where nothing was started begins no schedule', async () => {
    const world = beginSupervision(schedule);
    await world.send({ type: 'supervisor.hold' });
    await world.send({ type: 'supervisor.release' });
    await world.wait(24 * 60 * minutes);
    expect(world.checks()).toBe(0);
  });
});

describe('a machine that wakes up', () => {
  it('wake: where the schedule is on, it looks at once, and the interval begins anew', async () => {
    const world = beginSupervision(schedule);
    await world.healthy();
    await world.wait(minutes);
    await world.answer(answers().upToDate);
    await world.wait(20 * minutes);
    await world.send({ type: 'supervisor.wake' });
    expect(world.checks()).toBe(2);
    expect(world.update.checkRegistry.calls.at(-1)?.input).toEqual({ origin: 'schedule' });
    await world.answer(answers().upToDate);
    await world.wait(25 * minutes);
    expect(world.checks()).toBe(2);
    await world.wait(15 * minutes);
    expect(world.checks()).toBe(3);
  });

  it('wake: a backoff is over at once', async () => {
    const world = beginSupervision(schedule);
    await world.healthy();
    await world.wait(minutes);
    world.update.checkRegistry.reject(failure('REGISTRY_UNREACHABLE', 4 * 60 * minutes));
    await world.wait(0);
    world.update.cleanScratch.resolve();
    await world.wait(60 * minutes);
    expect(world.checks()).toBe(1);
    await world.send({ type: 'supervisor.wake' });
    expect(world.checks()).toBe(2);
  });

  it('wake: in the middle of a check it changes nothing', async () => {
    const world = beginSupervision(schedule);
    await world.healthy();
    await world.wait(minutes);
    await world.answer(answers().upToDate);
    await world.send({ type: 'supervisor.check' });
    await world.send({ type: 'supervisor.wake' });
    await world.answer(answers('1.1.0').available);
    expect(world.checks()).toBe(2);
    expect(world.update.download.calls).toHaveLength(0);
  });

  it.each([
    ['before a start', async () => undefined],
    ['before the runtime is healthy', world => world.send({ type: 'supervisor.start' })],
    ['before the first check', world => world.healthy()],
    [
      'while it is held',
      async world => {
        await world.healthy();
        await world.send({ type: 'supervisor.hold' });
      },
    ],
  ] satisfies [string, (world: ReturnType<typeof beginSupervision>) => Promise<void>][])(
    'wake: %s nothing is asked',
    async (_, arrive) => {
      const world = beginSupervision(schedule);
      await arrive(world);
      await world.send({ type: 'supervisor.wake' });
      expect(world.checks()).toBe(0);
    },
  );

  it('C-04: without a schedule nothing is asked', async () => {
    const world = beginSupervision(null);
    await world.healthy();
    await world.send({ type: 'supervisor.wake' });
    expect(world.checks()).toBe(0);
  });
});

describe('a restart to apply what is staged', () => {
  it('restart: without running work the child is ended at once and what is staged starts', async () => {
    const world = beginSupervision(schedule);
    await world.healthy([bundled]);
    await world.send({ type: 'supervisor.restart', consent: false });
    expect(world.launch.runtime.orders).toEqual([{ type: 'runtime.end', because: 'asked' }]);
    await world.childExits({ code: 0 });
    await world.resolved([candidate('override', '1.1.0'), bundled]);
    await world.spawnNext();
    await world.prove();
    expect(world.spawned()).toEqual(['1.0.0', '1.1.0']);
    expect(world.runtime()).toBe('{"launched":"healthy"}');
  });

  it('leases: running work is not interrupted; the host is told what is waited for', async () => {
    const world = beginSupervision(schedule);
    await world.healthy();
    await world.send({ type: 'lease.taken', id: 'a', name: 'an export' });
    await world.send({ type: 'lease.taken', id: 'b', name: 'a call' });
    await world.send({ type: 'supervisor.restart', consent: false });
    expect(world.told).toEqual([{ type: 'supervisor.restartPending', leases: ['an export', 'a call'] }]);
    await world.send({ type: 'lease.ended', id: 'a' });
    expect(world.launch.runtime.orders).toEqual([]);
    await world.send({ type: 'lease.ended', id: 'b' });
    expect(world.launch.runtime.orders).toEqual([{ type: 'runtime.end', because: 'asked' }]);
  });

  it('leases: a lease taken while the restart waits is waited for, too', async () => {
    const world = beginSupervision(schedule);
    await world.healthy();
    await world.send({ type: 'lease.taken', id: 'a', name: 'an export' });
    await world.send({ type: 'supervisor.restart', consent: false });
    await world.send({ type: 'lease.taken', id: 'b', name: 'a call' });
    await world.send({ type: 'lease.ended', id: 'a' });
    expect(world.launch.runtime.orders).toEqual([]);
  });

  it.each([
    ['before a restart was asked for', false],
    ['while the restart waits', true],
  ])('leases: consent interrupts running work %s', async (_, waiting) => {
    const world = beginSupervision(schedule);
    await world.healthy();
    await world.send({ type: 'lease.taken', id: 'a', name: 'an export' });
    if (waiting) await world.send({ type: 'supervisor.restart', consent: false });
    await world.send({ type: 'supervisor.restart', consent: true });
    expect(world.launch.runtime.orders).toEqual([{ type: 'runtime.end', because: 'asked' }]);
  });

  it('leases: a runtime that ends by itself while a restart waits takes what is staged', async () => {
    const world = beginSupervision(schedule);
    await world.healthy();
    await world.send({ type: 'lease.taken', id: 'a', name: 'an export' });
    await world.send({ type: 'supervisor.restart', consent: false });
    await world.childExits();
    expect(world.runtime()).toBe('{"launched":"starting"}');
    await world.wait(seconds);
    await world.resolved([candidate('override', '4.0.0')]);
    await world.spawnNext();
    expect(world.spawned().at(-1)).toBe('4.0.0');
  });

  it('restart: one that comes while a version is starting leaves that version', async () => {
    const world = beginSupervision(schedule);
    await world.send({ type: 'supervisor.start' });
    await world.recovered();
    await world.resolved([candidate('override', '2.0.0'), bundled]);
    await world.spawnNext();
    await world.send({ type: 'supervisor.restart', consent: false });
    await world.childExits({ code: 0 });
    await world.resolved([bundled]);
    await world.spawnNext();
    await world.prove();
    expect(world.spawned()).toEqual(['2.0.0', '1.0.0']);
  });
});

describe('nothing starts', () => {
  it('down: a cure is looked for at once, and a version that lands is launched', async () => {
    const world = beginSupervision(schedule);
    await world.send({ type: 'supervisor.start' });
    await world.exhausted();
    expect(world.runtime()).toBe('"down"');
    expect(world.state().context.lost?.failure.code).toBe('LAUNCH_EXITED_EARLY');
    expect(world.checks()).toBe(1);
    await world.stage(answers('1.1.0').available);
    expect(world.runtime()).toBe('{"launched":"starting"}');
    expect(world.launch.recoverStore.calls).toHaveLength(2);
  });

  it('down: it relaunches once for each newly staged version and does not loop', async () => {
    const world = beginSupervision(schedule);
    await world.send({ type: 'supervisor.start' });
    await world.exhausted();
    await world.stage(answers('1.1.0').available);
    await world.exhausted([candidate('override', '1.1.0'), bundled]);
    expect(world.checks()).toBe(2);
    await world.answer(answers('1.1.0').alreadyStaged);
    for (let day = 0; day < 24; day += 1) {
      await world.wait(60 * minutes);
      await world.answer(answers('1.1.0').alreadyStaged);
    }
    expect(world.runtime()).toBe('"down"');
    expect(world.spawned()).toEqual(['1.0.0', '1.1.0', '1.0.0']);
  });

  it('down: a later version is the next cure', async () => {
    const world = beginSupervision(schedule);
    await world.send({ type: 'supervisor.start' });
    await world.exhausted();
    await world.stage(answers('1.1.0').available);
    await world.exhausted();
    await world.stage(answers('1.2.0', 'scratch-2').available);
    expect(world.launch.recoverStore.calls).toHaveLength(3);
  });

  it('down: after the first check, a launch that is lost later is answered at once as well', async () => {
    const world = beginSupervision(schedule);
    await world.healthy([bundled]);
    await world.wait(minutes);
    await world.answer(answers().upToDate);
    await world.childExits();
    await world.wait(seconds);
    world.launch.resolveCandidates.reject(failure('STORE_UNREADABLE'));
    await breathe();
    world.launch.settleVerdicts.resolve({ rolledBack: [] });
    await breathe();
    expect(world.runtime()).toBe('"down"');
    expect(world.checks()).toBe(2);
  });

  it('down: a stop that comes while the launch ends in failure still ends as stopped', async () => {
    const world = beginSupervision(schedule);
    await world.send({ type: 'supervisor.start' });
    world
      .state()
      .children.launch?.on('launch.exhausted', () => world.actor.send({ type: 'supervisor.stop' }));
    await world.exhausted();
    expect(world.runtime()).toBe('"stopped"');
    await world.wait(24 * 60 * minutes);
    expect(world.checks()).toBe(0);
  });

  it('ended: a runtime that ends by intention is not started again, and an update is free', async () => {
    const world = beginSupervision(schedule);
    await world.healthy();
    await world.childExits({ code: 0 });
    expect(world.runtime()).toBe('"ended"');
    await world.send({ type: 'supervisor.update' });
    await world.answer(answers().available);
    expect(world.update.download.calls).toHaveLength(1);
    await world.send({ type: 'supervisor.start' });
    expect(world.launch.recoverStore.calls).toHaveLength(2);
  });

  it('L-03: a crash that the launch survives by a fallback is not down', async () => {
    const world = beginSupervision(schedule);
    await world.send({ type: 'supervisor.start' });
    await world.recovered();
    await world.resolved([candidate('override', '2.0.0'), bundled]);
    await world.spawnNext();
    await world.childExits(exit());
    await world.spawnNext();
    await world.prove();
    expect(world.runtime()).toBe('{"launched":"healthy"}');
  });
});
