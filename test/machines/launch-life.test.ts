import { describe, expect, it } from 'vitest';
import { beginLaunch } from '../support/charts/launching.ts';
import { bundled, candidate, exit, failure, override, previous } from '../support/charts/samples.ts';
import { breathe } from '../support/charts/slots.ts';

const tenMinutes = 600_000;
const killed = exit({ code: null, signal: 'SIGKILL', external: true });

type Launch = ReturnType<typeof beginLaunch>;

/** The milliseconds that a launch waits before it resolves again. */
const backoffOf = async (launch: Launch): Promise<number> => {
  const before = launch.slots.resolveCandidates.calls.length;
  for (let waited = 0; waited <= 64_000; waited += 500) {
    if (launch.slots.resolveCandidates.calls.length > before) return waited;
    launch.clock.increment(500);
    await breathe();
  }
  return Number.POSITIVE_INFINITY;
};

describe('a runtime that ends after it was ready', () => {
  it('exit: code 0 is an intended end and no child is started again', async () => {
    const launch = beginLaunch();
    await launch.running();
    await launch.exited(exit({ code: 0 }));
    expect(launch.state().output).toMatchObject({ kind: 'ended', exit: { code: 0 } });
    expect(launch.heard('launch.exited')).toMatchObject([{ version: '3.0.0', restarting: false }]);
  });

  it('L-06: a control run that ends by intention before the verdict is written has passed all the same', async () => {
    const launch = beginLaunch();
    await launch.fellBack();
    await launch.started();
    await launch.probed();
    await launch.exited(exit({ code: 0 }));
    expect(launch.slots.settleVerdicts.calls.map(({ input }) => input.judgements)).toMatchObject([
      [{ suspect: { attempt: 'attempt-1' }, verdict: { kind: 'version', mark: 'bad' } }],
    ]);
    expect(launch.state().status).toBe('active');
    await launch.settled([{ version: override.version, reason: 'it ended' }]);
    expect(launch.heard('launch.rolledBack')).toMatchObject([{ versions: [{ version: override.version }] }]);
    expect(launch.state().output).toMatchObject({ kind: 'ended', exit: { code: 0 } });
  });

  it('exit: one that dies is started again after 1 s, then after 2 s', async () => {
    const launch = beginLaunch();
    await launch.running();
    await launch.exited(exit());
    expect(launch.heard('launch.exited')).toMatchObject([{ restarting: true }]);
    expect(await backoffOf(launch)).toBe(1_000);
    await launch.resolved();
    await launch.started();
    await launch.proven();
    await launch.exited(exit());
    expect(await backoffOf(launch)).toBe(2_000);
  });

  it('exit: the backoff of restarts doubles up to 30 s', async () => {
    const launch = beginLaunch({ crashLimit: 99 });
    await launch.running();
    const waits: number[] = [];
    for (let death = 0; death < 7; death += 1) {
      await launch.exited(exit());
      waits.push(await backoffOf(launch));
      await launch.resolved();
      await launch.started();
      await launch.proven();
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it('L-01: what is launched is resolved freshly at every restart', async () => {
    const launch = beginLaunch();
    await launch.running();
    await launch.revived(exit(), [candidate('override', '4.0.0'), bundled]);
    expect(launch.spawned()).toEqual(['3.0.0', '4.0.0']);
    expect(launch.state().context.deaths).toBe(0);
  });

  it('late crash loop: the third death goes to the verdict, and the version before is the control', async () => {
    const launch = beginLaunch();
    await launch.running();
    await launch.revived(exit());
    await launch.revived(exit());
    await launch.exited(exit());
    expect(launch.heard('launch.failed')).toMatchObject([{ suspect: { observation: 'crashLoop' } }]);
    await launch.started();
    await launch.proven();
    expect(launch.spawned()).toEqual(['3.0.0', '3.0.0', '3.0.0', '2.0.0']);
    expect(launch.slots.settleVerdicts.calls.at(-1)?.input.judgements).toMatchObject([
      { suspect: { candidate: override }, verdict: { mark: 'bad' } },
    ]);
  });

  it('late crash loop: a version that failed in this launch is not resolved again', async () => {
    const launch = beginLaunch();
    await launch.running();
    await launch.revived(exit());
    await launch.revived(exit());
    await launch.exited(exit());
    await launch.started();
    await launch.proven();
    await launch.settled();
    await launch.exited(exit());
    launch.clock.increment(1_000);
    expect(launch.slots.resolveCandidates.calls.at(-1)?.input).toEqual({ exclude: ['3.0.0'] });
  });

  it('late crash loop: a death after 10 minutes of uptime is forgiven, whatever came before', async () => {
    const launch = beginLaunch();
    await launch.running();
    await launch.revived(exit());
    await launch.revived(exit());
    await launch.revived(exit({ uptimeMs: tenMinutes }));
    await launch.revived(exit());
    await launch.revived(exit());
    expect(launch.heard('launch.failed')).toEqual([]);
    await launch.exited(exit());
    expect(launch.heard('launch.failed')).toMatchObject([{ suspect: { observation: 'crashLoop' } }]);
  });

  it('late crash loop: 10 minutes up forgive the earlier deaths, also where the version is trusted', async () => {
    const launch = beginLaunch();
    await launch.running(true);
    await launch.exited(exit());
    launch.clock.increment(1_000);
    await launch.resolved();
    await launch.started();
    await launch.proven(true);
    expect(launch.state().context.deaths).toBe(1);
    launch.clock.increment(tenMinutes);
    expect(launch.state().context).toMatchObject({ deaths: 0, restarts: 0 });
  });

  it('P-26: kills from outside restart it for ever and are never counted', async () => {
    const launch = beginLaunch();
    await launch.running();
    for (let kill = 0; kill < 6; kill += 1) await launch.revived(killed);
    expect(launch.state().context.deaths).toBe(0);
    expect(launch.heard('launch.failed')).toEqual([]);
    expect(launch.spawned()).toHaveLength(7);
  });

  it('P-26: deaths by a full disk after ready lead to the fallback, but mark nothing', async () => {
    const launch = beginLaunch();
    await launch.running();
    await launch.revived(exit({ environment: 'ENOSPC' }));
    await launch.revived(exit());
    await launch.exited(exit());
    await launch.started();
    await launch.proven();
    expect(launch.slots.settleVerdicts.calls.at(-1)?.input.judgements).toMatchObject([
      { suspect: { observation: 'environmentExit' }, verdict: { kind: 'environment', mark: 'none' } },
    ]);
  });

  it('L-04: a crash loop of the only candidate ends the launch and marks nothing', async () => {
    const launch = beginLaunch();
    await launch.running(false, [bundled]);
    await launch.revived(exit(), [bundled]);
    await launch.revived(exit(), [bundled]);
    await launch.exited(exit());
    await launch.settled();
    expect(launch.state().output).toMatchObject({
      kind: 'exhausted',
      failure: { code: 'LAUNCH_CRASH_LOOP' },
    });
  });
});

describe('a restart that the host asks for', () => {
  it('L-01: the child is ended, then what to launch is resolved anew', async () => {
    const launch = beginLaunch();
    await launch.running();
    launch.actor.send({ type: 'launch.restart' });
    expect(launch.slots.runtime.orders).toEqual([{ type: 'runtime.end', because: 'asked' }]);
    expect(launch.slots.resolveCandidates.calls).toHaveLength(1);
    await launch.exited(exit({ code: 0 }));
    expect(launch.slots.resolveCandidates.calls).toHaveLength(2);
    await launch.resolved([candidate('override', '4.0.0'), override]);
    await launch.started();
    expect(launch.spawned()).toEqual(['3.0.0', '4.0.0']);
  });

  it('L-01: what failed before may be tried again', async () => {
    const launch = beginLaunch();
    await launch.fellBack();
    await launch.started();
    await launch.proven();
    await launch.settled();
    launch.actor.send({ type: 'launch.restart' });
    await launch.exited(exit({ code: 0 }));
    expect(launch.slots.resolveCandidates.calls.at(-1)?.input).toEqual({ exclude: [] });
  });

  it('L-01: one that comes while a candidate is prepared resolves anew instead of starting it', async () => {
    const launch = beginLaunch();
    await launch.recovered();
    await launch.resolved();
    launch.actor.send({ type: 'launch.restart' });
    expect(launch.at('override')).toBe(true);
    expect(launch.slots.resolveCandidates.calls).toHaveLength(2);
  });

  it('P-26: an attempt without a verdict is closed without a mark before the new launch', async () => {
    const launch = beginLaunch();
    await launch.recovered();
    await launch.resolved([override, previous]);
    await launch.started();
    await launch.exited(exit());
    await launch.started();
    launch.actor.send({ type: 'launch.restart' });
    await launch.exited(exit({ code: 0 }));
    expect(launch.at('renewing')).toBe(true);
    expect(launch.slots.settleVerdicts.calls.at(-1)?.input.judgements).toMatchObject([
      { suspect: { attempt: 'attempt-1' }, verdict: { mark: 'none' } },
    ]);
    await launch.settled();
    expect(launch.slots.resolveCandidates.calls.at(-1)?.input).toEqual({ exclude: [] });
  });
});

describe('a stop', () => {
  const nothing = (): Promise<void> => Promise.resolve();
  const stages: [string, (launch: Launch) => Promise<void>][] = [
    ['recovering', nothing],
    ['override', launch => launch.recovered()],
    ['checkingTree', launch => launch.recovered().then(() => launch.resolved())],
    [
      'matchingNatives',
      launch =>
        launch
          .recovered()
          .then(() => launch.resolved())
          .then(() => launch.slots.checkTree.resolve())
          .then(breathe),
    ],
    ['restarting', launch => launch.running().then(() => launch.exited(exit()))],
  ];
  it.each(stages)('C-03: in %s ends at once, without a child', async (_, reach) => {
    const launch = beginLaunch();
    await reach(launch);
    launch.actor.send({ type: 'launch.stop' });
    expect(launch.state()).toMatchObject({ status: 'done', output: { kind: 'stopped' } });
    expect(launch.slots.runtime.living()).toBe(0);
  });

  const living: [string, (launch: Launch) => Promise<void>][] = [
    [
      'spawning',
      launch =>
        launch
          .recovered()
          .then(() => launch.resolved())
          .then(() => launch.prepared()),
    ],
    [
      'probing',
      launch =>
        launch
          .recovered()
          .then(() => launch.resolved())
          .then(() => launch.started()),
    ],
    ['running', launch => launch.running()],
    [
      'applying',
      async launch => {
        await launch.running();
        launch.actor.send({ type: 'launch.restart' });
      },
    ],
  ];
  it.each(living)('P-31: in %s asks the child to end and waits for its exit', async (_, reach) => {
    const launch = beginLaunch();
    await reach(launch);
    launch.actor.send({ type: 'launch.stop' });
    expect(launch.slots.runtime.orders.at(-1)).toEqual({ type: 'runtime.end', because: 'asked' });
    expect(launch.state().status).toBe('active');
    await launch.exited(exit({ code: null, signal: 'SIGTERM' }));
    expect(launch.state()).toMatchObject({ status: 'done', output: { kind: 'stopped' } });
    expect(launch.slots.runtime.living()).toBe(0);
    expect(
      Object.values(launch.state().children).filter(child => child?.getSnapshot().status === 'active'),
    ).toEqual([]);
  });

  it('P-26: a stop before the control run is ready closes the open attempt without a mark', async () => {
    const launch = beginLaunch();
    await launch.fellBack();
    await launch.started();
    launch.actor.send({ type: 'launch.stop' });
    await launch.exited(exit({ code: null, signal: 'SIGTERM' }));
    expect(launch.slots.settleVerdicts.calls.at(-1)?.input.judgements).toMatchObject([
      { suspect: { attempt: 'attempt-1' }, verdict: { mark: 'none' } },
    ]);
    await launch.settled();
    expect(launch.state().output).toEqual({ kind: 'stopped' });
  });

  it('L-06: a stop while the marks are written lets the verdict stand', async () => {
    const launch = beginLaunch();
    await launch.fellBack();
    await launch.started();
    await launch.proven();
    launch.actor.send({ type: 'launch.stop' });
    await launch.exited(exit({ code: null, signal: 'SIGTERM' }));
    expect(launch.slots.settleVerdicts.calls.at(-1)?.input.judgements).toMatchObject([
      { verdict: { mark: 'bad' } },
    ]);
    await launch.settled();
    expect(launch.state().output).toEqual({ kind: 'stopped' });
  });

  it('P-31: a child whose ending breaks does not bring up the next one', async () => {
    const launch = beginLaunch();
    await launch.running();
    launch.slots.runtime.breakDown(new Error('the order was not taken'));
    launch.actor.send({ type: 'launch.stop' });
    await breathe();
    expect(launch.state().output).toEqual({ kind: 'stopped' });
    expect(launch.spawned()).toHaveLength(1);
    expect(launch.faults).toEqual([]);
  });

  it('P-26: a stop while time stood still or nothing starts ends as stopped', async () => {
    const launch = beginLaunch();
    await launch.recovered();
    launch.slots.resolveCandidates.reject(failure('STORE_UNREADABLE'));
    await breathe();
    expect(launch.at('givingUp')).toBe(true);
    launch.actor.send({ type: 'launch.stop' });
    expect(launch.state().output).toEqual({ kind: 'stopped' });
  });
});
