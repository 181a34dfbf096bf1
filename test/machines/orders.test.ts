import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { StoreChange } from '#machines/supervisor.js';
import { candidate, failure, override, schedule } from '../support/charts/samples.ts';
import { breathe } from '../support/charts/slots.ts';
import { beginSupervision } from '../support/charts/supervising.ts';

const rolledBack: StoreChange = {
  result: { outcome: 'rolled-back', from: '3.0.0', to: '2.0.0' },
  leave: true,
};
const pinnedOnly: StoreChange = { result: { outcome: 'pinned', version: '3.0.0' }, leave: false };
const rollback = { type: 'supervisor.order', order: { kind: 'rollback', version: undefined } } as const;

beforeEach(() => {
  vi.useFakeTimers();
});

describe('what the user orders', () => {
  it('rollback: the store is changed, then the running version is left', async () => {
    const world = beginSupervision(schedule);
    await world.healthy();
    await world.send(rollback);
    expect(world.changeStore.calls.map(({ input }) => input)).toEqual([
      { kind: 'rollback', version: undefined },
    ]);
    expect(world.launch.runtime.orders).toEqual([]);
    await world.ordered(rolledBack);
    expect(world.told).toEqual([{ type: 'supervisor.ordered', change: rolledBack }]);
    expect(world.launch.runtime.orders).toEqual([{ type: 'runtime.end', because: 'asked' }]);
    await world.childExits({ code: 0 });
    await world.resolved([candidate('override', '2.0.0')]);
    await world.spawnNext();
    expect(world.spawned()).toEqual(['3.0.0', '2.0.0']);
  });

  it('rollback: running work is waited for', async () => {
    const world = beginSupervision(schedule);
    await world.healthy();
    await world.send({ type: 'lease.taken', id: 'a', name: 'an export' });
    await world.send(rollback);
    await world.ordered(rolledBack);
    expect(world.launch.runtime.orders).toEqual([]);
    await world.send({ type: 'lease.ended', id: 'a' });
    expect(world.launch.runtime.orders).toHaveLength(1);
  });

  it('rollback: a version that is still starting is left, too', async () => {
    const world = beginSupervision(schedule);
    await world.send({ type: 'supervisor.start' });
    await world.recovered();
    await world.resolved([override]);
    await world.spawnNext();
    await world.send(rollback);
    await world.ordered(rolledBack);
    expect(world.launch.runtime.orders).toEqual([{ type: 'runtime.end', because: 'asked' }]);
  });

  it('pin: the running version stays where nothing is to be left', async () => {
    const world = beginSupervision(schedule);
    await world.healthy();
    await world.send({ type: 'supervisor.order', order: { kind: 'pin', version: '3.0.0' } });
    await world.ordered(pinnedOnly);
    expect(world.launch.runtime.orders).toEqual([]);
    expect(world.told).toEqual([{ type: 'supervisor.ordered', change: pinnedOnly }]);
  });

  it('orders: one that fails is told with its typed failure, and the next one is taken', async () => {
    const world = beginSupervision(schedule);
    await world.send({ type: 'supervisor.order', order: { kind: 'pin', version: '9.0.0' } });
    world.changeStore.reject(failure('VERSION_UNKNOWN'));
    await breathe();
    expect(world.told).toMatchObject([
      { type: 'supervisor.orderFailed', failure: { code: 'VERSION_UNKNOWN' } },
    ]);
    await world.send({ type: 'supervisor.order', order: { kind: 'unpin' } });
    expect(world.changeStore.calls).toHaveLength(2);
  });

  it('orders: they work where nothing was launched', async () => {
    const world = beginSupervision(null);
    await world.send(rollback);
    await world.ordered(rolledBack);
    expect(world.told).toHaveLength(1);
    expect(world.runtime()).toBe('"dormant"');
  });
});

describe('defects of ours', () => {
  it('defect: a launch chart that breaks counts as a lost runtime, and a cure is looked for', async () => {
    const world = beginSupervision(schedule);
    await world.healthy();
    world.launch.runtime.report(undefined as never);
    await breathe();
    expect(world.runtime()).toBe('"down"');
    expect(world.state().context.lost?.failure.code).toBe('INTERNAL');
    expect(world.checks()).toBe(1);
    expect(world.faults).toEqual([]);
  });

  it('defect: an update chart that breaks leaves the app running without updates', async () => {
    const world = beginSupervision(schedule);
    await world.healthy();
    world.actor.system.get('update').send(undefined as never);
    await breathe();
    await world.wait(3_600_000);
    expect(world.updates()).toBe('"off"');
    expect(world.runtime()).toBe('{"launched":"healthy"}');
    await world.send({ type: 'supervisor.check' });
    expect(world.faults).toEqual([]);
    expect(world.state().status).toBe('active');
  });
});
