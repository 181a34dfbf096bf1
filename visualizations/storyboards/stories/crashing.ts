import path from 'node:path';
import type { Story } from '../story.ts';

const isPointerFile = (place: string): boolean => /^\.?current\.json/.test(path.basename(place));

export const crashing: readonly Story[] = [
  {
    id: 'crash-before-pointer',
    title: 'A crash between the rename and the pointer',
    summary:
      'What if the shell dies when the new folder is in its place and no pointer names it? 1.1.0 starts as before, and the next check adopts the finished folder instead of downloading it again.',
    ends: { places: { update: 'resting.staged' }, disk: { pointer: '1.2.0' }, window: '1.2.0 is ready' },
    play: async ({ before, keep, publish, shell }) => {
      const app = shell({ updates: false });
      await before('1.1.0 is trusted and runs; 1.2.0 has just been published.', async () => {
        await keep('1.1.0', { trusted: true, pointed: true });
        publish('1.2.0');
        await app.start();
      });
      app.tell({ type: 'supervisor.update' });
      await app.playTo('commit');
      await app.killAt(
        ({ path: place }) => isPointerFile(place),
        'kill -9',
        'The shell dies right before the pointer is written; its runtime goes with it.',
      );
      const next = shell({ updates: false });
      await next.start();
      await next.update();
    },
  },
  {
    id: 'power-cut-in-pointer',
    title: 'The power is cut while the pointer is written',
    summary:
      'Can the pointer be torn? No: it is written beside itself and renamed. What is left of the half-written file is swept at the next start, and the old version starts.',
    ends: {
      places: { launch: 'alive.healthy.running.trusted' },
      disk: { pointer: '1.1.0', scratch: 'none' },
      window: 'runs 1.1.0',
    },
    play: async ({ before, keep, publish, shell }) => {
      const app = shell({ updates: false });
      await before('1.1.0 is trusted and runs; 1.2.0 has just been published.', async () => {
        await keep('1.1.0', { trusted: true, pointed: true });
        publish('1.2.0');
        await app.start();
      });
      app.tell({ type: 'supervisor.update' });
      await app.playTo('commit');
      await app.killAt(
        ({ call, path: place }) => call === 'write' && isPointerFile(place),
        'power cut',
        'The power is cut when half of the new pointer file is written.',
        true,
      );
      await shell({ updates: false }).start();
    },
  },
];
