import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Story } from '../story.ts';
import { newerPublished, newerStaged, quiet } from './settings.ts';

const isPointerFile = (place: string): boolean => /^\.?current\.json/.test(path.basename(place));

/** The power, the process, or a bit is gone. */
export const crashing: readonly Story[] = [
  {
    id: 'crash-before-pointer',
    title: 'A crash between the rename and the pointer',
    summary:
      'What if the shell dies when the new folder is in its place and no pointer names it? 1.1.0 starts as before, and the next check adopts the finished folder instead of downloading it again.',
    ends: { places: { update: 'resting.staged' }, disk: { pointer: '1.2.0' }, window: '1.2.0 is ready' },
    play: async stage => {
      const app = stage.shell(quiet);
      await newerPublished(stage, app);
      app.tell({ type: 'supervisor.update' });
      await app.playTo('commit');
      await app.killAt(
        ({ path: place }) => isPointerFile(place),
        'kill -9',
        'The shell dies right before the pointer is written; its runtime goes with it.',
      );
      const next = stage.shell(quiet);
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
    play: async stage => {
      const app = stage.shell(quiet);
      await newerPublished(stage, app);
      app.tell({ type: 'supervisor.update' });
      await app.playTo('commit');
      await app.killAt(
        ({ call, path: place }) => call === 'write' && isPointerFile(place),
        'power cut',
        'The power is cut when half of the new pointer file is written.',
        true,
      );
      await stage.shell(quiet).start();
    },
  },
  {
    id: 'native-damaged',
    title: 'A native module is damaged on disk',
    summary:
      'What if a file of a staged version changes on disk? It is not launched: its folder is set aside, another version starts, and the same version is staged anew. It is never blamed.',
    ends: {
      places: { launch: 'alive.healthy.running', update: 'resting.staged' },
      disk: { pointer: '1.2.0', 'bad versions': 'none' },
      window: 'runs 1.1.0',
    },
    play: async stage => {
      const native = { files: { 'node_modules/native-dep/build/dep.node': 'native code' } };
      await newerStaged(stage, '1.1.0 is trusted, 1.2.0 is staged with a native module.', native);
      stage.publish('1.2.0');
      await stage.happens('the disk', 'A bit of the native module of 1.2.0 is turned.', () =>
        writeFileSync(
          path.join(stage.layout.version('1.2.0'), 'node_modules/native-dep/build/dep.node'),
          'native c0de',
        ),
      );
      const app = stage.shell(quiet);
      await app.start();
      await app.update();
    },
  },
];
