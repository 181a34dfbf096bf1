import type { Story } from '../story.ts';

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
    play: async ({ before, keep, shell }) => {
      await before('1.1.0 is trusted. 1.2.0 is staged, and it is broken.', async () => {
        await keep('1.1.0', { trusted: true });
        await keep('1.2.0', { pointed: true }, { behaviour: 'dies-at-start' });
      });
      await shell({ updates: false }).start();
    },
  },
];
