import { describe, expect, it } from 'vitest';
import { beginLaunch } from '../support/charts/launching.ts';
import {
  bundled,
  candidate,
  exit,
  failure,
  gateClosed,
  matched,
  override,
  previous,
} from '../support/charts/samples.ts';
import { breathe } from '../support/charts/slots.ts';

describe('a launch that goes well', () => {
  it('L-03: it counts as started when its probe has passed, not before', async () => {
    const launch = beginLaunch();
    await launch.recovered();
    await launch.resolved();
    await launch.started();
    expect(launch.state().hasTag('healthy')).toBe(false);
    await launch.probed();
    expect(launch.state().hasTag('healthy')).toBe(true);
    expect(launch.heard('launch.ready')).toMatchObject([{ candidate: override, pid: 101 }]);
  });

  it('P-01: the attempt is written down before the spawn, for the candidate that is spawned', async () => {
    const launch = beginLaunch();
    await launch.recovered();
    await launch.resolved();
    launch.slots.checkTree.resolve();
    await breathe();
    launch.slots.matchNatives.resolve(matched);
    await breathe();
    expect(launch.slots.openAttempt.calls.map(({ input }) => input)).toEqual([override]);
    expect(launch.spawned()).toEqual([]);
    launch.slots.openAttempt.resolve({ id: 'the-attempt', candidate: override });
    await breathe();
    expect(launch.slots.runtime.children[0]?.input.attempt.id).toBe('the-attempt');
  });

  it('P-06: a store that can not be recovered does not stop the launch', async () => {
    const launch = beginLaunch();
    launch.slots.recoverStore.reject(failure('STORE_UNREADABLE'));
    await breathe();
    expect(launch.at('override')).toBe(true);
  });

  it('L-07: a resolver that breaks ends the launch with its own fault as the cause', async () => {
    const launch = beginLaunch();
    await launch.recovered();
    launch.slots.resolveCandidates.reject(failure('STORE_UNREADABLE'));
    await breathe();
    await launch.settled();
    expect(launch.state().output).toMatchObject({ kind: 'exhausted', failure: { code: 'STORE_UNREADABLE' } });
  });

  it('trust: a third healthy launch makes a version trusted at once', async () => {
    const launch = beginLaunch();
    await launch.running(true);
    expect(launch.at({ alive: { healthy: { running: 'trusted' } } })).toBe(true);
    expect(launch.slots.recordTrusted.calls).toEqual([]);
  });

  it('trust: a candidate is written down as trusted after 10 minutes of uptime, once', async () => {
    const launch = beginLaunch();
    await launch.running();
    launch.clock.increment(599_999);
    expect(launch.at({ alive: { healthy: { running: 'candidate' } } })).toBe(true);
    launch.clock.increment(1);
    expect(launch.slots.recordTrusted.calls.map(({ input }) => input)).toEqual([override]);
    launch.slots.recordTrusted.resolve();
    await breathe();
    expect(launch.at({ alive: { healthy: { running: 'trusted' } } })).toBe(true);
    expect(launch.heard('launch.trusted')).toEqual([{ type: 'launch.trusted', version: '3.0.0' }]);
    launch.clock.increment(1_200_000);
    expect(launch.slots.recordTrusted.calls).toHaveLength(1);
  });

  it('trust: a trust that can not be written down leaves the app running', async () => {
    const launch = beginLaunch();
    await launch.running();
    launch.clock.increment(600_000);
    launch.slots.recordTrusted.reject(failure('DISK_FULL'));
    await breathe();
    expect(launch.state().hasTag('healthy')).toBe(true);
  });

  it('P-06: a readiness that can not be recorded leaves the app running', async () => {
    const launch = beginLaunch();
    await launch.recovered();
    await launch.resolved();
    await launch.started();
    await launch.probed();
    launch.slots.recordReady.reject(failure('DISK_FULL'));
    await breathe();
    expect(launch.at({ alive: { healthy: 'running' } })).toBe(true);
  });
});

describe('a candidate that fails', () => {
  it('L-03: the same launch goes on with previous and bundled, each once, without another resolve', async () => {
    const launch = beginLaunch();
    await launch.recovered();
    await launch.resolved();
    await launch.started();
    await launch.exited(exit());
    await launch.started();
    await launch.exited(exit());
    await launch.started();
    await launch.proven();
    expect(launch.spawned()).toEqual(['3.0.0', '2.0.0', '1.0.0']);
    expect(launch.slots.resolveCandidates.calls).toHaveLength(1);
    expect(launch.at({ alive: { healthy: 'markingBad' } })).toBe(true);
  });

  it('L-04: where the last one fails too, the launch ends with the first error as the cause', async () => {
    const launch = beginLaunch();
    await launch.recovered();
    await launch.resolved();
    await launch.started();
    await launch.exited(exit({ tail: 'the first words' }));
    await launch.started();
    await launch.exited(exit({ tail: 'the second words' }));
    await launch.started();
    await launch.exited(exit({ tail: 'the third words' }));
    const judgements = launch.slots.settleVerdicts.calls.at(-1)?.input.judgements ?? [];
    expect(judgements.map(({ verdict }) => verdict.mark)).toEqual(['none', 'none', 'none']);
    await launch.settled();
    expect(launch.state().status).toBe('done');
    expect(launch.state().output).toMatchObject({
      kind: 'exhausted',
      failure: { code: 'LAUNCH_EXITED_EARLY', message: expect.stringMatching(/^3\.0\.0 .*the first words/) },
    });
    expect(launch.spawned()).toHaveLength(3);
  });

  it('L-05: what failed is the candidate captured at spawn, whatever is staged meanwhile', async () => {
    const launch = beginLaunch();
    await launch.running(false, [override, bundled]);
    const newer = candidate('override', '4.0.0');
    await launch.exited(exit());
    launch.clock.increment(1_000);
    await launch.resolved([newer, previous, bundled]);
    await launch.started();
    await launch.exited(exit());
    const suspects = launch.heard('launch.failed').map(({ suspect }) => suspect);
    expect(suspects.map(({ candidate: { version }, attempt }) => [version, attempt])).toEqual([
      ['4.0.0', 'attempt-2'],
    ]);
  });

  it('L-05: the judgement names the suspect and its attempt, not the control run', async () => {
    const launch = beginLaunch();
    await launch.fellBack();
    await launch.started();
    await launch.proven();
    expect(launch.slots.settleVerdicts.calls.at(-1)?.input.judgements).toMatchObject([
      {
        suspect: { candidate: override, attempt: 'attempt-1', observation: 'exitedEarly' },
        verdict: { kind: 'version', mark: 'bad' },
      },
    ]);
  });

  it('L-06, L-09: the host is told of a rollback after the marks are written, and of what runs instead', async () => {
    const launch = beginLaunch();
    await launch.fellBack();
    await launch.started();
    await launch.proven();
    expect(launch.heard('launch.rolledBack')).toEqual([]);
    await launch.settled([{ version: '3.0.0', reason: 'it ended' }]);
    expect(launch.heard('launch.rolledBack')).toMatchObject([
      { versions: [{ version: '3.0.0' }], running: '1.0.0' },
    ]);
    expect(launch.at({ alive: { healthy: 'running' } })).toBe(true);
  });

  it('L-06: where the mark can not be written the app runs on, and nobody hears of a rollback', async () => {
    const launch = beginLaunch();
    await launch.fellBack();
    await launch.started();
    await launch.proven();
    launch.slots.settleVerdicts.reject(failure('DISK_DENIED'));
    await breathe();
    expect(launch.at({ alive: { healthy: 'running' } })).toBe(true);
    expect(launch.heard('launch.rolledBack')).toEqual([]);
  });

  it('P-27: one that hangs is ended before the next one starts, and its timeout is a strike', async () => {
    const launch = beginLaunch();
    await launch.recovered();
    await launch.resolved([override, bundled]);
    await launch.started();
    await launch.probed({ kind: 'timedOut', deadlineMs: 30_000 });
    expect(launch.slots.runtime.orders).toEqual([{ type: 'runtime.end', because: 'failed' }]);
    expect(launch.spawned()).toHaveLength(1);
    await launch.exited(exit({ code: null, signal: 'SIGKILL' }));
    await launch.started();
    await launch.proven();
    expect(launch.slots.settleVerdicts.calls.at(-1)?.input.judgements).toMatchObject([
      { suspect: { observation: 'timedOut', attempt: 'attempt-1' }, verdict: { mark: 'strike' } },
    ]);
  });

  it.each([
    ['an exit after a full disk', exit({ environment: 'ENOSPC' }), 'environmentExit', 'SPAWN_FAILED'],
    ['an exit after a taken port', exit({ environment: 'EADDRINUSE' }), 'environmentExit', 'PORT_TAKEN'],
    [
      'a kill from outside',
      exit({ code: null, signal: 'SIGKILL', external: true }),
      'inconclusive',
      'LAUNCH_EXITED_EARLY',
    ],
  ] as const)('P-26: %s before ready marks nothing', async (_, end, observation, code) => {
    const launch = beginLaunch();
    await launch.recovered();
    await launch.resolved([override, bundled]);
    await launch.started();
    await launch.exited(end);
    await launch.started();
    await launch.proven();
    expect(launch.slots.settleVerdicts.calls.at(-1)?.input.judgements).toMatchObject([
      { suspect: { observation, failure: { code } }, verdict: { mark: 'none' } },
    ]);
  });

  it('P-26: a probe during which time stood still marks nothing', async () => {
    const launch = beginLaunch();
    await launch.recovered();
    await launch.resolved([override, bundled]);
    await launch.started();
    await launch.probed({ kind: 'inconclusive', reason: 'suspend' });
    await launch.exited(exit({ code: null, signal: 'SIGTERM' }));
    await launch.started();
    await launch.proven();
    expect(launch.slots.settleVerdicts.calls.at(-1)?.input.judgements).toMatchObject([
      { suspect: { observation: 'inconclusive' }, verdict: { mark: 'none' } },
    ]);
  });

  it('P-29: a port that answers before the spawn is a fault of the machine', async () => {
    const launch = beginLaunch();
    await launch.recovered();
    await launch.resolved([override, bundled]);
    await launch.prepared();
    launch.slots.runtime.report({ type: 'runtime.refused', failure: failure('PORT_TAKEN') });
    await breathe();
    expect(launch.heard('launch.failed')).toMatchObject([{ suspect: { observation: 'portTaken' } }]);
    expect(launch.at({ preparing: 'checkingTree' })).toBe(true);
  });

  it('P-09: a damaged tree is set aside and never spawned; its version is not blamed', async () => {
    const launch = beginLaunch();
    await launch.recovered();
    await launch.resolved([override, bundled]);
    launch.slots.checkTree.reject(failure('TREE_DAMAGED'));
    await breathe();
    expect(launch.slots.quarantineTree.calls.map(({ input }) => input)).toEqual([override]);
    launch.slots.quarantineTree.resolve();
    await breathe();
    await launch.started();
    await launch.proven();
    expect(launch.spawned()).toEqual(['1.0.0']);
    expect(launch.slots.settleVerdicts.calls.at(-1)?.input.judgements).toMatchObject([
      { verdict: { kind: 'installDamaged', mark: 'none' } },
    ]);
  });

  it('N-07, P-26: one whose natives fit nowhere is never spawned, and its version is not blamed', async () => {
    const launch = beginLaunch();
    await launch.recovered();
    await launch.resolved([override, bundled]);
    launch.slots.checkTree.resolve();
    await breathe();
    expect(launch.at({ preparing: 'matchingNatives' })).toBe(true);
    launch.slots.matchNatives.resolve(gateClosed);
    await breathe();
    expect(launch.heard('launch.failed')).toMatchObject([
      { suspect: { observation: 'nativesMissing', failure: { code: 'NATIVE_ABI_MISMATCH' } } },
    ]);
    expect(launch.slots.quarantineTree.calls).toEqual([]);
    await launch.started();
    await launch.proven();
    expect(launch.spawned()).toEqual(['1.0.0']);
    expect(launch.slots.settleVerdicts.calls.at(-1)?.input.judgements).toMatchObject([
      { verdict: { kind: 'environment', mark: 'none' } },
    ]);
  });

  it('N-08: the runtime is given the natives that were found for its own candidate', async () => {
    const launch = beginLaunch();
    await launch.recovered();
    await launch.resolved([override, bundled]);
    await launch.started();
    await launch.exited(exit());
    launch.slots.checkTree.resolve();
    await breathe();
    launch.slots.matchNatives.reject(failure('INTERNAL'));
    await breathe();
    launch.slots.openAttempt.resolve({ id: 'second', candidate: bundled });
    await breathe();
    expect(launch.slots.runtime.children.map(({ input }) => input.natives)).toEqual([matched, null]);
  });

  it('N-11: a defect while natives are compared is no reason not to start', async () => {
    const launch = beginLaunch();
    await launch.recovered();
    await launch.resolved([override, bundled]);
    launch.slots.checkTree.resolve();
    await breathe();
    launch.slots.matchNatives.reject(failure('INTERNAL'));
    await breathe();
    expect(launch.at({ preparing: 'recordingAttempt' })).toBe(true);
    expect(launch.heard('launch.failed')).toEqual([]);
  });

  it('P-26: a tree that could not be read is no damage: nothing is set aside', async () => {
    const launch = beginLaunch();
    await launch.recovered();
    await launch.resolved([override, bundled]);
    launch.slots.checkTree.reject(failure('DISK_DENIED'));
    await breathe();
    expect(launch.slots.quarantineTree.calls).toEqual([]);
    expect(launch.heard('launch.failed')).toMatchObject([{ suspect: { observation: 'spawnFailed' } }]);
    await launch.started();
    expect(launch.spawned()).toEqual(['1.0.0']);
  });
});
