import { describe, expect, it } from 'vitest';
import { answers, failure, gateClosed, pinned, release, schedule } from '../support/charts/samples.ts';
import { breathe } from '../support/charts/slots.ts';
import { beginUpdates } from '../support/charts/updating.ts';

const minutes = 60_000;
type Updates = ReturnType<typeof beginUpdates>;

const unproven = { code: 'runtime-unproven', version: null, message: 'not proven' } as const;

describe('the results of a check', () => {
  it('U-06: a version is checked, downloaded, extracted, given its natives, verified, then pointed to', async () => {
    const updates = beginUpdates();
    updates.stage();
    await updates.staged(answers().available);
    await updates.committed();
    expect(updates.begun()).toEqual([
      'checkRegistry',
      'download',
      'extract',
      'matchNatives',
      'stageNatives',
      'verifyTree',
      'commitPointer',
    ]);
    expect(updates.slots.commitPointer.calls[0]?.input).toEqual({
      release: release('1.1.0'),
      scratch: 'scratch-1',
      tree: 'the-tree',
    });
    expect(updates.results()).toEqual([{ kind: 'staged', version: '1.1.0', superseded: null }]);
  });

  it('L-09: the host is told of a staged version only when one was staged', async () => {
    const updates = beginUpdates();
    updates.stage();
    await updates.answered(answers().alreadyStaged);
    expect(updates.told.map(({ type }) => type)).toEqual(['update.settled']);
    updates.stage();
    await updates.staged(answers().available);
    expect(updates.told).toHaveLength(1);
    await updates.committed();
    expect(updates.told.at(-1)).toEqual({ type: 'update.staged', version: '1.1.0', superseded: null });
  });

  it('U-11: a version that needs a newer shell is told once, however often it is found', async () => {
    const updates = beginUpdates();
    const outgrown = (version: string) => answers(version).outgrown;
    for (const version of ['2.0.0', '2.0.0', '2.1.0', '2.0.0']) {
      updates.stage();
      await updates.answered(outgrown(version));
    }
    const told = updates.told.flatMap(event => (event.type === 'update.outgrown' ? [event] : []));
    expect(told).toEqual([
      { type: 'update.outgrown', version: '2.0.0', needs: 'my-app >=3', shell: '2.0.0' },
      { type: 'update.outgrown', version: '2.1.0', needs: 'my-app >=3', shell: '2.0.0' },
    ]);
    expect(updates.results()).toHaveLength(4);
    expect(updates.state().hasTag('visible')).toBe(true);
  });

  it.each(['upToDate', 'alreadyStaged', 'badVersion', 'incompatible', 'outgrown'] as const)(
    'U-11: %s ends the run with its typed result, and nothing is downloaded',
    async kind => {
      const updates = beginUpdates();
      updates.stage();
      await updates.answered(answers()[kind]);
      expect(updates.results()).toEqual([answers()[kind]]);
      expect(updates.at({ resting: kind })).toBe(true);
      expect(updates.begun()).toEqual(['checkRegistry']);
    },
  );

  it('U-11: a check that was only asked for says what is on offer and changes nothing', async () => {
    const updates = beginUpdates();
    updates.check();
    await updates.answered(answers().available);
    expect(updates.results()).toEqual([{ kind: 'available', version: '1.1.0', current: '1.0.0' }]);
    expect(updates.begun()).toEqual(['checkRegistry']);
  });

  it('U-10: a finished folder is adopted after a check instead of being downloaded again', async () => {
    const updates = beginUpdates();
    updates.stage();
    await updates.answered(answers().adoptable);
    updates.slots.adoptFolder.resolve({ tree: 'adopted' });
    await breathe();
    await updates.committed();
    expect(updates.begun()).toEqual(['checkRegistry', 'adoptFolder', 'commitPointer']);
    expect(updates.slots.commitPointer.calls[0]?.input.tree).toBe('adopted');
  });

  it('U-10: a folder that fails its check is downloaded anew', async () => {
    const updates = beginUpdates();
    updates.stage();
    await updates.answered(answers().adoptable);
    updates.slots.adoptFolder.reject(failure('TREE_DAMAGED'));
    await breathe();
    expect(updates.at({ working: 'downloading' })).toBe(true);
  });

  it('U-06: a newer version supersedes one that is staged and was never launched', async () => {
    const updates = beginUpdates();
    updates.stage();
    await updates.staged(answers('1.1.0').available);
    await updates.committed();
    updates.stage();
    await updates.staged(answers('1.2.0', 'scratch-2').available);
    await updates.committed('1.1.0');
    expect(updates.results().at(-1)).toEqual({ kind: 'staged', version: '1.2.0', superseded: '1.1.0' });
    expect(updates.told.at(-1)).toEqual({ type: 'update.staged', version: '1.2.0', superseded: '1.1.0' });
  });

  it('L-09: nothing is told as staged where another process has staged a newer version meanwhile', async () => {
    const updates = beginUpdates();
    updates.stage();
    await updates.staged(answers('1.1.0').available);
    await updates.overtaken('1.2.0');
    expect(updates.results()).toEqual([{ kind: 'upToDate', version: '1.1.0', current: '1.2.0' }]);
    expect(updates.told.map(({ type }) => type)).toEqual(['update.settled']);
  });
});

describe('who asks while something is in flight', () => {
  it('C-01: an update joins a check in flight and brings it to staged with one question to the registry', async () => {
    const updates = beginUpdates();
    updates.check();
    updates.stage();
    await updates.staged(answers().available);
    await updates.committed();
    expect(updates.results()).toMatchObject([{ kind: 'staged' }]);
    expect(updates.slots.checkRegistry.calls).toHaveLength(1);
  });

  it('C-01: a second check or update joins a download in flight', async () => {
    const updates = beginUpdates();
    updates.stage();
    await updates.answered(answers().available);
    updates.check();
    updates.stage();
    expect(updates.slots.checkRegistry.calls).toHaveLength(1);
    expect(updates.slots.download.calls).toHaveLength(1);
    expect(updates.slots.download.calls[0]?.signal.aborted).toBe(false);
  });

  it('C-01: a check does not turn an update in flight into a mere check', async () => {
    const updates = beginUpdates();
    updates.stage();
    updates.check();
    await updates.answered(answers().available);
    expect(updates.at({ working: 'downloading' })).toBe(true);
  });
});

describe('cancelling', () => {
  const steps: [string, (updates: Updates) => Promise<void>][] = [
    ['checking', () => Promise.resolve()],
    ['adopting', updates => updates.answered(answers().adoptable)],
    ['downloading', updates => updates.answered(answers().available)],
    ['extracting', updates => updates.answered(answers().available).then(updates.downloaded)],
    [
      'matching',
      updates => updates.answered(answers().available).then(updates.downloaded).then(updates.extracted),
    ],
    [
      'copying',
      updates =>
        updates
          .answered(answers().available)
          .then(updates.downloaded)
          .then(updates.extracted)
          .then(updates.withFit),
    ],
    [
      'verifying',
      updates =>
        updates
          .answered(answers().available)
          .then(updates.downloaded)
          .then(updates.extracted)
          .then(updates.withNatives),
    ],
  ];
  it.each(steps)('C-03: while %s it ends the effect, cleans up and says so', async (state, reach) => {
    const updates = beginUpdates();
    updates.stage();
    await reach(updates);
    expect(JSON.stringify(updates.state().value)).toContain(state);
    updates.cancel();
    expect(updates.trace.filter(({ kind }) => kind === 'abort').at(-1)).toBeDefined();
    expect(updates.at('cleaning')).toBe(true);
    expect(updates.results()).toEqual([]);
    await updates.cleaned();
    expect(updates.results()).toEqual([{ kind: 'cancelled' }]);
  });

  it('S-07: the scratch folder of the run is what is cleaned up', async () => {
    const updates = beginUpdates();
    updates.stage();
    await updates.answered(answers('1.1.0', 'scratch-7').available);
    updates.cancel();
    expect(updates.slots.cleanScratch.calls.map(({ input }) => input)).toEqual([{ scratch: 'scratch-7' }]);
  });

  it('C-03: a commit is finished, not interrupted', async () => {
    const updates = beginUpdates();
    updates.stage();
    await updates.staged(answers().available);
    updates.cancel();
    expect(updates.slots.commitPointer.calls[0]?.signal.aborted).toBe(false);
    await updates.committed();
    expect(updates.results()).toMatchObject([{ kind: 'staged' }]);
  });

  it('C-03: a clean-up that fails ends the run all the same', async () => {
    const updates = beginUpdates();
    updates.stage();
    await updates.answered(answers().available);
    updates.cancel();
    updates.slots.cleanScratch.reject(failure('DISK_DENIED'));
    await breathe();
    expect(updates.results()).toEqual([{ kind: 'cancelled' }]);
  });
});

describe('a newer version that must wait', () => {
  it('C-01: nothing is downloaded while the running version is unproven; the refusal says so', async () => {
    const updates = beginUpdates(schedule);
    updates.actor.send({ type: 'update.defer', refusal: unproven });
    updates.stage();
    await updates.answered(answers().available);
    expect(updates.results()).toEqual([{ kind: 'deferred', version: '1.1.0', refusal: unproven }]);
    expect(updates.begun()).toEqual(['checkRegistry']);
  });

  it('C-01: once it is permitted, the schedule goes on to stage it', async () => {
    const updates = beginUpdates(schedule);
    updates.actor.send({ type: 'update.defer', refusal: unproven });
    updates.stage();
    await updates.answered(answers().available);
    updates.actor.send({ type: 'update.permit' });
    await updates.answered(answers().available);
    expect(updates.at({ working: 'downloading' })).toBe(true);
  });

  it('C-04: without a schedule a permission begins nothing by itself, but the next update is free', async () => {
    const updates = beginUpdates(null);
    updates.actor.send({ type: 'update.defer', refusal: unproven });
    updates.stage();
    await updates.answered(answers().available);
    updates.actor.send({ type: 'update.permit' });
    expect(updates.at({ resting: 'deferred' })).toBe(true);
    updates.stage();
    await updates.answered(answers().available);
    expect(updates.at({ working: 'downloading' })).toBe(true);
  });

  it('C-01: a check that comes while the version is unproven still says what is on offer', async () => {
    const updates = beginUpdates();
    updates.actor.send({ type: 'update.defer', refusal: unproven });
    updates.check();
    await updates.answered(answers().available);
    expect(updates.results()).toMatchObject([{ kind: 'available' }]);
  });

  it('P-39: a pin in the store defers with its own reason', async () => {
    const updates = beginUpdates();
    updates.stage();
    await updates.answered({ ...answers().available, refusal: pinned });
    expect(updates.results()).toEqual([{ kind: 'deferred', version: '1.1.0', refusal: pinned }]);
  });

  it('C-01: a failed adoption does not turn into a download while the version is unproven', async () => {
    const updates = beginUpdates(schedule);
    updates.stage();
    await updates.answered(answers().adoptable);
    updates.actor.send({ type: 'update.defer', refusal: unproven });
    updates.slots.adoptFolder.reject(failure('TREE_DAMAGED'));
    await breathe();
    expect(updates.results()).toEqual([{ kind: 'deferred', version: '1.1.0', refusal: unproven }]);
    expect(updates.slots.download.calls).toEqual([]);
  });
});

describe('a run that fails', () => {
  it.each(['DISK_FULL', 'INTEGRITY_MISMATCH', 'REGISTRY_REFUSED'] as const)(
    'C-02: %s is reported as a failure and waits for the next check',
    async code => {
      const updates = beginUpdates(schedule);
      updates.stage();
      await updates.unreachable(failure(code));
      expect(updates.results()).toMatchObject([{ kind: 'failed', failure: { code } }]);
      updates.clock.increment(30 * minutes - 1);
      expect(updates.slots.checkRegistry.calls).toHaveLength(1);
      updates.clock.increment(1);
      expect(updates.slots.checkRegistry.calls).toHaveLength(2);
    },
  );

  it('N-07: nothing is staged that could not be launched here: it is cleaned up, and the failure says why', async () => {
    const updates = beginUpdates();
    updates.stage();
    await updates.answered(answers().available);
    await updates.downloaded();
    await updates.extracted();
    updates.slots.matchNatives.resolve(gateClosed);
    await breathe();
    expect(updates.begun()).not.toContain('stageNatives');
    await updates.cleaned();
    expect(updates.results()).toMatchObject([{ kind: 'failed', failure: { code: 'NATIVE_ABI_MISMATCH' } }]);
  });

  it('U-06: a failed download cleans its scratch folder before the result is told', async () => {
    const updates = beginUpdates();
    updates.stage();
    await updates.answered(answers('1.1.0', 'scratch-3').available);
    updates.slots.download.reject(failure('INTEGRITY_MISMATCH'));
    await breathe();
    expect(updates.results()).toEqual([]);
    expect(updates.slots.cleanScratch.calls[0]?.input).toEqual({ scratch: 'scratch-3' });
    await updates.cleaned();
    expect(updates.results()).toMatchObject([{ kind: 'failed', failure: { code: 'INTEGRITY_MISMATCH' } }]);
  });

  it('C-02: what an effect rejects with is kept as plain data', async () => {
    const updates = beginUpdates();
    updates.stage();
    await updates.unreachable(new Error('a defect'));
    const [result] = updates.results();
    expect(JSON.parse(JSON.stringify(result))).toMatchObject({
      kind: 'failed',
      failure: { code: 'INTERNAL', message: 'a defect' },
    });
  });

  it('C-01: an unreachable registry is asked again after a backoff that doubles', async () => {
    const updates = beginUpdates(schedule);
    updates.stage();
    const waits: number[] = [];
    for (let round = 1; round <= 4; round += 1) {
      await updates.unreachable(failure('REGISTRY_UNREACHABLE'));
      expect(updates.at('backingOff')).toBe(true);
      let waited = 0;
      while (updates.slots.checkRegistry.calls.length === round) {
        updates.clock.increment(15_000);
        waited += 15_000;
      }
      waits.push(waited);
    }
    expect(waits).toEqual([30_000, 60_000, 120_000, 240_000]);
  });

  it('C-01: a download that can not be reached backs off further each time, though each check succeeds', async () => {
    const updates = beginUpdates(schedule);
    updates.stage();
    const failures: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      await updates.answered(answers().available);
      updates.slots.download.reject(failure('REGISTRY_UNREACHABLE'));
      await breathe();
      await updates.cleaned();
      failures.push(updates.state().context.failures);
      updates.clock.increment(60 * minutes);
    }
    expect(failures).toEqual([1, 2, 3]);
  });

  it('C-01: an answer ends the row of failures', async () => {
    const updates = beginUpdates(schedule);
    updates.stage();
    await updates.unreachable(failure('REGISTRY_UNREACHABLE'));
    updates.stage();
    await updates.answered(answers().upToDate);
    expect(updates.state().context.failures).toBe(0);
  });

  it('P-25: Retry-After is waited for', async () => {
    const updates = beginUpdates(schedule);
    updates.stage();
    await updates.unreachable(failure('REGISTRY_UNREACHABLE', 600_000));
    updates.clock.increment(599_999);
    expect(updates.slots.checkRegistry.calls).toHaveLength(1);
    updates.clock.increment(1);
    expect(updates.slots.checkRegistry.calls).toHaveLength(2);
  });

  it('C-04: without a schedule nothing is asked again by itself, but on demand', async () => {
    const updates = beginUpdates(null);
    updates.stage();
    await updates.unreachable(failure('REGISTRY_UNREACHABLE'));
    updates.clock.increment(2 ** 31 - 1);
    expect(updates.slots.checkRegistry.calls).toHaveLength(1);
    updates.check();
    expect(updates.slots.checkRegistry.calls).toHaveLength(2);
  });

  it('U-10: a pointer that could not be written is a failure that cleans up', async () => {
    const updates = beginUpdates();
    updates.stage();
    await updates.staged(answers().available);
    updates.slots.commitPointer.reject(failure('DISK_DENIED'));
    await breathe();
    await updates.cleaned();
    expect(updates.results()).toMatchObject([{ kind: 'failed', failure: { code: 'DISK_DENIED' } }]);
    expect(updates.told.map(({ type }) => type)).not.toContain('update.staged');
  });
});

describe('a machine that wakes up', () => {
  const wake = (updates: ReturnType<typeof beginUpdates>): void =>
    updates.actor.send({ type: 'update.wake' });

  it('C-01: with a schedule it asks at once and stages what is newer', async () => {
    const updates = beginUpdates(schedule);
    wake(updates);
    await updates.staged(answers().available);
    await updates.committed();
    expect(updates.results()).toMatchObject([{ kind: 'staged' }]);
    expect(updates.slots.checkRegistry.calls[0]?.input).toEqual({ origin: 'schedule' });
  });

  it('C-01: it ends a backoff', async () => {
    const updates = beginUpdates(schedule);
    updates.stage();
    await updates.unreachable(failure('REGISTRY_UNREACHABLE'));
    expect(updates.at('backingOff')).toBe(true);
    wake(updates);
    expect(updates.at({ working: 'checking' })).toBe(true);
  });

  it('C-01: it changes nothing in the middle of a check, not even what that was asked for', async () => {
    const updates = beginUpdates(schedule);
    updates.check();
    wake(updates);
    await updates.answered(answers().available);
    expect(updates.begun()).toEqual(['checkRegistry']);
    expect(updates.results()).toMatchObject([{ kind: 'available' }]);
  });

  it('C-01: without a schedule nothing is asked, at rest or in a backoff', async () => {
    const updates = beginUpdates();
    wake(updates);
    expect(updates.at({ resting: 'idle' })).toBe(true);
    updates.stage();
    await updates.unreachable(failure('REGISTRY_UNREACHABLE'));
    wake(updates);
    expect(updates.slots.checkRegistry.calls).toHaveLength(1);
    expect(updates.at('backingOff')).toBe(true);
  });
});
