import type { Story } from '../story.ts';
import { newerStaged, quiet } from './settings.ts';

const probeTimeout = 2000;

/** Versions that don't start, or not for long. */
export const failing: readonly Story[] = [
  {
    id: 'dies-at-start',
    title: 'It dies at its start',
    summary:
      'What if the new version crashes at once? The previous known-good one starts in the same launch; that it starts proves who is to blame, and 1.2.0 is marked bad and removed.',
    ends: {
      places: { launch: 'alive.healthy.running.trusted' },
      disk: { pointer: 'none', 'bad versions': '1.2.0: bad' },
      window: 'runs 1.1.0',
    },
    play: async stage => {
      await newerStaged(stage, '1.1.0 is trusted. 1.2.0 is staged, and it is broken.', {
        behaviour: 'dies-at-start',
      });
      await stage.shell(quiet).start();
    },
  },
  {
    id: 'hangs-twice',
    timed: true,
    title: 'It hangs, and hangs again',
    summary:
      'Is a version that is not ready in time bad? Not the first time: a slow machine looks the same. It gets a strike and one more chance; the second strike marks it bad.',
    ends: {
      places: { launch: 'alive.healthy.running.trusted' },
      disk: { pointer: 'none', 'bad versions': '1.2.0: bad' },
      window: 'runs 1.1.0',
    },
    play: async stage => {
      await newerStaged(stage, '1.1.0 is trusted. 1.2.0 is staged; it never gets ready.', {
        behaviour: 'never-listens',
      });
      const app = stage.shell({ ...quiet, probeTimeout });
      await app.start();
      await stage.happens('the user', 'Restarts the app.');
      await app.restart();
    },
  },
  {
    id: 'late-crash-loop',
    title: 'It dies again and again after it was ready',
    summary:
      'What if a version starts well and crashes a little later? It is started again with growing pauses; the third death goes to the verdict, and the previous good version runs.',
    ends: {
      places: { launch: 'alive.healthy.running.trusted' },
      disk: { 'bad versions': '1.2.0: bad, LAUNCH_CRASH_LOOP' },
      window: 'runs 1.1.0',
    },
    play: async stage => {
      const app = stage.shell(quiet);
      await stage.before('1.2.0 has just started for the first time; 1.1.0 was good before it.', async () => {
        await stage.keep('1.1.0', { trusted: true });
        await stage.keep('1.2.0', { pointed: true });
        await app.start();
      });
      await stage.happens('the runtime', '1.2.0 crashes.');
      await app.crash();
      await stage.happens('time', 'A second passes.');
      await app.pass(1000);
      await stage.happens('the runtime', '1.2.0 crashes again.');
      await app.crash();
      await stage.happens('time', 'Two seconds pass.');
      await app.pass(2000);
      await stage.happens('the runtime', '1.2.0 crashes for the third time.');
      await app.crash();
    },
  },
  {
    id: 'killed-from-outside',
    title: 'Something kills the runtime',
    summary:
      'Is a version to blame for being killed? No: a signal that neither it nor the shell sent is no evidence. It is started again.',
    ends: {
      places: { launch: 'alive.healthy.running.candidate' },
      disk: { 'bad versions': 'none' },
      window: 'runs 1.2.0',
    },
    play: async stage => {
      const app = stage.shell(quiet);
      await stage.before('1.2.0 runs; 1.1.0 was good before it.', async () => {
        await stage.keep('1.1.0', { trusted: true });
        await stage.keep('1.2.0', { pointed: true });
        await app.start();
      });
      await stage.happens('the system', 'Memory runs out: the runtime is killed.');
      await app.killRuntime();
      await stage.happens('time', 'A second passes.');
      await app.pass(1000);
    },
  },
  {
    id: 'ends-by-intention',
    title: 'The runtime ends by intention',
    summary:
      'What if the runtime itself says that it is done? Exit code 0 after it was ready is no failure: it is not started again until the user wants it.',
    ends: { places: { supervisor: 'runtime.ended', launch: 'ended' }, disk: { 'bad versions': 'none' } },
    play: async stage => {
      const app = stage.shell(quiet);
      await stage.before('1.1.0 is trusted and runs.', async () => {
        await stage.keep('1.1.0', { trusted: true, pointed: true });
        await app.start();
      });
      await stage.happens('the user', 'Chooses “Quit” in the user interface of the runtime.');
      await app.crash(0);
    },
  },
  {
    id: 'slow-first-start',
    timed: true,
    title: 'A slow first start',
    summary:
      'Is a version that migrates its data for long taken for one that hangs? No: each heartbeat begins the deadline anew, so that it gets ready in its own time.',
    ends: {
      places: { launch: 'alive.healthy.running.candidate' },
      disk: { 'bad versions': 'none' },
      window: 'runs 1.2.0',
    },
    play: async stage => {
      await newerStaged(
        stage,
        '1.2.0 is staged. Its first start takes longer than the deadline, and it sends heartbeats.',
        {
          behaviour: 'starts-slowly',
          afterMs: probeTimeout + 1500,
        },
      );
      await stage.shell({ ...quiet, probeTimeout }).start();
    },
  },
  {
    id: 'suspended-in-probe',
    timed: true,
    title: 'Suspended in the middle of the probe',
    summary:
      'What if everything stands still while a version is being proven? The proof is neither good nor bad: the fallback runs for now, nobody is blamed, and 1.2.0 stays for the next start.',
    ends: {
      places: { launch: 'alive.healthy.running.trusted' },
      disk: { pointer: '1.2.0', 'bad versions': 'none' },
      window: 'runs 1.1.0',
    },
    play: async stage => {
      await newerStaged(stage, '1.1.0 is trusted, 1.2.0 is staged.', { behaviour: 'never-listens' });
      const app = stage.shell({ ...quiet, probeTimeout });
      app.tell({ type: 'supervisor.start' });
      await app.playInto('alive.probing');
      await stage.happens('the system', 'The process of the runtime is suspended.', () =>
        process.kill(app.pid(), 'SIGSTOP'),
      );
      await app.playInto('alive.ending');
      await stage.happens('the system', 'It is woken up again.', () => process.kill(app.pid(), 'SIGCONT'));
      await app.play();
    },
  },
  {
    id: 'bundled-broken-and-cured',
    title: 'Nothing starts, and an update is the cure',
    summary:
      'What if even the bundled runtime is broken? Every candidate was tried once, so the machine may be to blame and nobody is marked; a newer version is looked for at once, staged and started.',
    ends: {
      places: { launch: 'alive.healthy.running.candidate' },
      disk: { pointer: '1.1.0', 'bad versions': 'none' },
      window: 'runs 1.1.0',
    },
    play: async stage => {
      await stage.before('The bundled 1.0.0 is broken on this machine. The registry has 1.1.0.', () => {
        stage.bundle('1.0.0', { behaviour: 'dies-at-start' });
        stage.publish('1.1.0');
      });
      await stage.shell().start();
    },
  },
  {
    id: 'staged-while-old-fails',
    title: 'An update is staged while the old version fails',
    summary:
      'Which one is started again when the running version crashes and a newer one is staged? What to launch is resolved anew, so the newer one starts.',
    ends: {
      places: { launch: 'alive.healthy.running.candidate' },
      disk: { pointer: '1.2.0', 'bad versions': 'none' },
      window: 'runs 1.2.0',
    },
    play: async stage => {
      const app = stage.shell(quiet);
      await stage.before('1.1.0 runs; 1.2.0 has been staged behind it.', async () => {
        await stage.keep('1.1.0', { trusted: true, pointed: true });
        stage.publish('1.2.0');
        await app.start();
        await app.update();
      });
      await stage.happens('the runtime', '1.1.0 crashes.');
      await app.crash();
      await stage.happens('time', 'A second passes.');
      await app.pass(1000);
    },
  },
];
