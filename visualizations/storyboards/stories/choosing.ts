import type { Story } from '../story.ts';
import { newerPublished, newerStaged, quiet } from './settings.ts';

/** What users and hosts decide. */
export const choosing: readonly Story[] = [
  {
    id: 'restart-waits-for-work',
    title: 'A restart while work is running',
    summary:
      'Does a restart interrupt running work? Never without consent: it waits for the work to end, or for the user to agree.',
    ends: {
      places: { launch: 'alive.healthy.running.candidate' },
      disk: { pointer: '1.2.0' },
      window: 'runs 1.2.0',
    },
    play: async stage => {
      const app = stage.shell(quiet);
      await stage.before('1.1.0 runs, 1.2.0 is staged. A build is running in the app.', async () => {
        await stage.keep('1.1.0', { trusted: true, pointed: true });
        stage.publish('1.2.0');
        await app.start();
        await app.update();
        await app.send({ type: 'lease.taken', id: 'build', name: 'a build' });
      });
      await app.restart();
      await stage.happens('the user', 'Agrees to interrupt the build.');
      await app.restart(true);
    },
  },
  {
    id: 'tag-moved-back',
    title: 'The tag is moved back',
    summary:
      'What if the registry offers an older version again? Nothing: an update never goes down by itself.',
    ends: { places: { update: 'resting.upToDate' }, disk: { pointer: '1.2.0' }, window: 'runs 1.2.0' },
    play: async stage => {
      const app = stage.shell(quiet);
      await stage.before('1.2.0 is trusted and runs.', async () => {
        stage.publish('1.1.0');
        stage.publish('1.2.0');
        await stage.keep('1.2.0', { trusted: true, pointed: true });
        await app.start();
      });
      await stage.happens('the registry', 'latest is moved back to 1.1.0.', () =>
        stage.registry.tag('app', 'latest', '1.1.0'),
      );
      await app.update();
    },
  },
  {
    id: 'pinned',
    title: 'A pinned version',
    summary:
      'Does a pin hold? As long as it is there nothing newer is staged; without it the next check goes on.',
    ends: { places: { update: 'resting.staged' }, disk: { pointer: '1.2.0' }, window: '1.2.0 is ready' },
    play: async stage => {
      const app = stage.shell(quiet);
      await newerPublished(stage, app);
      await stage.happens('the user', 'Pins 1.1.0.');
      await app.send({ type: 'supervisor.order', order: { kind: 'pin', version: '1.1.0' } });
      await app.update();
      await stage.happens('the user', 'Takes the pin off and asks again.');
      await app.send({ type: 'supervisor.order', order: { kind: 'unpin' } });
      await app.update();
    },
  },
  {
    id: 'rollback-and-forgiveness',
    title: 'Rolled back by the user, and forgiven',
    summary:
      'What does a rollback by hand do? It goes back to the last good version at once, and the version that was left is not installed again until the user forgives it.',
    ends: {
      places: { update: 'resting.staged' },
      disk: { pointer: '1.2.0', 'bad versions': 'none' },
      window: '1.2.0 is ready',
    },
    play: async stage => {
      const app = stage.shell(quiet);
      await stage.before('1.2.0 runs; 1.1.0 was good before it.', async () => {
        await stage.keep('1.1.0', { trusted: true });
        await stage.keep('1.2.0', { pointed: true });
        stage.publish('1.2.0');
        await app.start();
      });
      await stage.happens('the user', 'Does not like 1.2.0 and rolls back.');
      await app.send({ type: 'supervisor.order', order: { kind: 'rollback', version: undefined } });
      await app.update();
      await stage.happens('the user', 'Forgives 1.2.0.', () => app.forgive('1.2.0'));
      await app.update();
    },
  },
  {
    id: 'held-updates',
    title: 'Updates are held',
    summary:
      'Can a host keep updates away for a while? Yes: while they are held a question is answered, and nothing happens by itself; the release goes back to the schedule.',
    ends: {
      places: { update: 'resting.staged', supervisor: 'updates.scheduled' },
      disk: { pointer: '1.2.0' },
      window: '1.2.0 is ready',
    },
    play: async stage => {
      const app = stage.shell();
      await newerPublished(stage, app);
      await stage.happens('the host', 'A presentation begins: no updates for now.');
      await app.send({ type: 'supervisor.hold' });
      await stage.happens('the user', 'Asks whether there is something newer.');
      await app.send({ type: 'supervisor.check' });
      await stage.happens('the host', 'The presentation is over; 45 seconds pass.');
      await app.send({ type: 'supervisor.release' });
      await app.pass(45_000);
    },
  },
  {
    id: 'quit-in-download',
    title: 'Quit in the middle of a download',
    summary:
      'What if the user quits while a version is downloaded? The download ends at once, what it wrote goes, and the runtime is ended.',
    ends: {
      places: { supervisor: 'runtime.stopped', update: 'resting.cancelled' },
      disk: { pointer: '1.1.0', scratch: 'none' },
    },
    play: async stage => {
      const app = stage.shell(quiet);
      await newerPublished(stage, app);
      stage.registry.fault({ path: 'tarball' }, { kind: 'hang' });
      app.tell({ type: 'supervisor.update' });
      await app.playTo('download');
      app.begin('download');
      await app.settles(() => stage.registry.requests.some(({ subject }) => subject === 'tarball'));
      await stage.happens('the user', 'Quits while the tarball is on its way.');
      await app.stop();
    },
  },
  {
    id: 'quit-in-verdict',
    title: 'Quit in the middle of a verdict',
    summary:
      'Who is blamed if the user quits before it is known whether the fallback starts? Nobody: the attempts are closed without a mark, and the next start tries again.',
    ends: {
      places: { launch: 'alive.healthy.running.trusted' },
      disk: { 'bad versions': '1.2.0: bad' },
      window: 'runs 1.1.0',
    },
    play: async stage => {
      const app = stage.shell(quiet);
      await newerStaged(stage, '1.1.0 is trusted. 1.2.0 is staged, and it dies at its start.', {
        behaviour: 'dies-at-start',
      });
      // The fallback must not be up before the user quits.
      app.tell({ type: 'supervisor.start' });
      await app.playInto('alive.probing');
      await app.playTo('openAttempt');
      await stage.happens('the user', 'Quits while the fallback is being started.');
      await app.exit();
      await stage.happens('the user', 'Opens the app again.');
      await stage.shell(quiet).start();
    },
  },
  {
    id: 'restart-in-verdict',
    title: 'A restart in the middle of a verdict',
    summary:
      'What if the user restarts while the fallback is on its way up? What has failed is closed without a mark, because no control run has passed; the launch begins anew and comes to the verdict then.',
    ends: {
      places: { launch: 'alive.healthy.running.trusted' },
      disk: { 'bad versions': '1.2.0: bad' },
      window: 'runs 1.1.0',
    },
    play: async stage => {
      const app = stage.shell(quiet);
      await newerStaged(stage, '1.1.0 is trusted. 1.2.0 is staged, and it dies at its start.', {
        behaviour: 'dies-at-start',
      });
      app.tell({ type: 'supervisor.start' });
      await app.playInto('alive.probing');
      await app.playTo('openAttempt');
      await stage.happens('the user', 'Restarts while the fallback is being started.');
      await app.restart();
    },
  },
];
