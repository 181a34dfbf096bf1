import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createStagedoor } from '#src/index.js';
import { readJournal } from '#src/store/journal.js';
import {
  type AppWorld,
  fs,
  newLauncher,
  newShell,
  newWorld,
  next,
  packed,
  stage,
  trust,
} from '../support/app-world.ts';
import { registryForTest } from '../support/loopback.ts';

const linesOf = ({ layout }: AppWorld): ReturnType<typeof readJournal> => readJournal(fs, layout, 1000);

const isNew = (place: string, index: number, course: readonly string[]): boolean =>
  place !== course[index - 1];

/** The states that a chart went through, in order, each once in a row; facts by their names between them. */
const courseOf = (world: AppWorld, chart: string): string[] => {
  const course = linesOf(world)
    .filter(line => line.event !== 'chart.step' || line.chart === chart)
    .map(({ event, state }) => String(event === 'chart.step' ? state : event));
  return course.filter(isNew);
};

describe('the flight recorder', () => {
  test('P-39: every step of a whole update is in the journal, in order, with its cause and its version', async () => {
    const world = newWorld();
    const registry = await registryForTest();
    registry.publish(packed('1.1.0'));
    const stagedoor = newShell(world, { registry: registry.url });
    await stagedoor.update();
    expect(courseOf(world, 'update')).toEqual([
      'process.began',
      'resting.idle',
      'working.checking',
      'working.downloading',
      'working.extracting',
      'working.stagingNativeDeps.matching',
      'working.stagingNativeDeps.copying',
      'working.verifying',
      'working.committingPointer',
      'resting.staged',
      'update:settled',
      'runtime:update-staged',
    ]);
    const lines = linesOf(world);
    expect(lines).toContainEqual(
      expect.objectContaining({
        event: 'chart.step',
        chart: 'update',
        by: 'xstate.done.actor.download',
        state: 'working.extracting',
        version: '1.1.0',
      }),
    );
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_line, index) => index + 1));
    expect(new Set(lines.map(({ run }) => run)).size).toBe(1);
    const times = lines.map(({ at }) => String(at));
    expect(times.filter((time, index) => time < (times[index - 1] ?? ''))).toEqual([]);
  });

  test('P-39, L-03: so is every step of a rollback, with the facts and the verdict', async () => {
    const world = newWorld();
    await trust(world, '1.1.0');
    await stage(world, '1.2.0', { behaviour: 'dies-at-start' });
    const stagedoor = newShell(world);
    const rolledBack = next(stagedoor, 'runtime:rolled-back');
    await stagedoor.start();
    await rolledBack;
    await stagedoor.stop();
    expect(courseOf(world, 'launch')).toEqual([
      'process.began',
      'recovering',
      'override',
      'launch.resolved',
      'choosing',
      'preparing.checkingTree',
      'preparing.matchingNatives',
      'preparing.recordingAttempt',
      'alive.spawning',
      'runtime:starting',
      'alive.probing',
      'fallback',
      'preparing.checkingTree',
      'runtime:failed',
      'preparing.matchingNatives',
      'preparing.recordingAttempt',
      'alive.spawning',
      'runtime:starting',
      'alive.controlRun',
      'alive.healthy.recordingReady',
      'runtime:ready',
      'alive.healthy.judging',
      'alive.healthy.markingBad',
      'alive.healthy.running.weighing',
      'alive.healthy.running.trusted',
      'runtime:judged',
      'runtime:rolled-back',
      'runtime:trusted',
      'alive.stopping',
      'stopped',
      'runtime:exited',
    ]);
    const supervised = linesOf(world).filter(({ chart }) => chart === 'supervisor');
    expect(supervised.map(({ state }) => String(state)).filter(isNew)).toEqual([
      'runtime.dormant updates.off orders.none',
      'runtime.launched.starting updates.off orders.none',
      'runtime.launched.healthy updates.off orders.none',
      'runtime.launched.stopping updates.off orders.none',
      'runtime.stopped updates.off orders.none',
    ]);
    const lines = linesOf(world);
    expect(lines).toContainEqual(
      expect.objectContaining({ event: 'runtime:rolled-back', version: '1.2.0', running: '1.1.0' }),
    );
    // The process that writes, also where a fact names another one.
    expect(new Set(lines.map(({ pid }) => pid))).toEqual(new Set([process.pid]));
    expect(lines.find(({ event }) => event === 'runtime:ready')?.runtimePid).not.toBe(process.pid);
  });

  test('P-39: the launcher alone records its chart, too', async () => {
    const world = newWorld();
    const launcher = newLauncher(world);
    await launcher.start();
    await launcher.stop();
    const steps = linesOf(world).filter(({ event }) => event === 'chart.step');
    expect(new Set(steps.map(({ chart }) => chart))).toEqual(new Set(['launch']));
    expect([steps.at(0)?.state, steps.at(-1)?.state]).toEqual(['recovering', 'stopped']);
  });

  test('P-39: what was only made and asked writes no journal, and explain tells reasons, not steps', async () => {
    const world = newWorld();
    const stagedoor = createStagedoor(world.options);
    await stagedoor.status();
    expect(existsSync(world.layout.root)).toBe(false);
    const shell = newShell(world);
    await shell.start();
    const { history } = await shell.explain();
    expect(history.map(({ event }) => event)).toEqual([
      'launch.resolved',
      'runtime:starting',
      'runtime:ready',
    ]);
  });
});
