import { expect, onTestFinished, test } from 'vitest';
import { newLauncher, newWorld, record, stage } from '../../support/app-world.ts';
import { keepFor, survivorsOf } from '../../support/zoo/keep.ts';

const linux = process.platform === 'linux';
if (!linux) console.log('skipped: who holds a port is known on Linux only');

test('P-29: the runtime of another shell keeps its port, and the second shell is told that it is taken', async () => {
  const world = newWorld();
  await stage(world, '1.1.0');
  const { port } = await keepFor(world);
  const options = { probe: `http://127.0.0.1:${port}/`, args: ['--port', String(port)] };
  const first = newLauncher(world, options);
  const exits = record(first, 'runtime:exited');
  expect(await first.start()).toMatchObject({ outcome: 'running', version: '1.1.0' });
  expect(await newLauncher(world, options).start()).toMatchObject({
    outcome: 'exhausted',
    error: { code: 'PORT_TAKEN' },
  });
  expect(exits).toEqual([]);
});

test.runIf(linux)(
  'P-29: what a dead runtime left on the port is ended by its own store, and by no other',
  async () => {
    const [world, other] = [newWorld({ behaviour: 'squats-port' }), newWorld()];
    onTestFinished(() => {
      for (const pid of survivorsOf(world)) process.kill(Number(pid), 'SIGKILL');
    });
    const { port } = await keepFor(world);
    const options = { probe: `http://127.0.0.1:${port}/`, args: ['--port', String(port)] };
    const dying = newLauncher(world, options);
    expect(await dying.start()).toMatchObject({
      outcome: 'exhausted',
      error: { code: 'LAUNCH_EXITED_EARLY' },
    });
    const stranger = newLauncher(other, options);
    expect(await stranger.start()).toMatchObject({ outcome: 'exhausted', error: { code: 'PORT_TAKEN' } });
    // It gets as far as its own spawn.
    const again = newLauncher(world, options);
    expect(await again.start()).toMatchObject({
      outcome: 'exhausted',
      error: { code: 'LAUNCH_EXITED_EARLY' },
    });
  },
);
