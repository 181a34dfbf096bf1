import type { Story } from '../story.ts';

const minute = 60_000;

export const updating: readonly Story[] = [
  {
    id: 'first-update',
    title: 'The first update, from nothing',
    summary:
      'What happens between the first start of an installed app and a newer runtime that is trusted? It starts from the bundle, looks for updates only once it runs, stages beside the running version, and changes over at a restart.',
    ends: {
      places: { launch: 'alive.healthy.running.trusted' },
      disk: { pointer: '1.1.0' },
      window: 'runs 1.1.0',
    },
    play: async ({ before, happens, publish, shell }) => {
      await before(
        'The app was just installed: bundled runtime 1.0.0, no store. The registry has 1.1.0.',
        () => publish('1.1.0'),
      );
      const app = shell();
      await app.start();
      await happens('time', '45 seconds pass.');
      await app.pass(45_000);
      await happens('the user', 'Restarts the app to apply the update.');
      await app.restart();
      await happens('time', 'It is up for ten minutes.');
      await app.pass(10 * minute);
    },
  },
  {
    id: 'up-to-date',
    title: 'Nothing new',
    summary:
      'What does a check cost that finds nothing? One question to the registry; nothing on disk changes.',
    ends: { places: { update: 'resting.upToDate' }, disk: { pointer: 'none', versions: 'none' } },
    play: async ({ before, publish, shell }) => {
      const app = shell();
      await before('Bundled 1.0.0 runs, and the registry offers just that.', async () => {
        publish('1.0.0');
        await app.start();
      });
      await app.update();
    },
  },
  {
    id: 'staged-then-restart',
    title: 'An update that is ready, and the restart that applies it',
    summary:
      'Is the running version touched by an update? No: 1.2.0 is staged beside 1.1.0 and only the restart changes over; the old version stays as what to fall back to.',
    ends: {
      places: { launch: 'alive.healthy.running.candidate' },
      disk: { pointer: '1.2.0', versions: '1.1.0' },
      window: 'runs 1.2.0',
    },
    play: async ({ before, happens, keep, publish, shell }) => {
      const app = shell();
      await before('1.1.0 is trusted and runs; 1.2.0 has just been published.', async () => {
        await keep('1.1.0', { trusted: true, pointed: true });
        publish('1.2.0');
        await app.start();
      });
      await app.update();
      await happens('the user', 'Asks again: it is ready already, and nothing is downloaded twice.');
      await app.update();
      await happens('the user', 'Restarts the app to apply the update.');
      await app.restart();
    },
  },
];
