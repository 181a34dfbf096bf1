import type { Made } from '../natives-world.ts';
import type { Stage, Story } from '../story.ts';
import { quiet } from './settings.ts';

/** 1.1.0 is trusted and has a copy of its own. */
const keepWith = (stage: Stage, made: Made): Promise<void> =>
  stage.keep(
    '1.1.0',
    { trusted: true, pointed: true },
    {
      files: Object.fromEntries(
        Object.entries(stage.files(made)).map(([name, content]) => [`node_modules/pty/${name}`, content]),
      ),
    },
  );

/** Neither the version nor the bundle has a module that fits. */
const nothingFits = async (stage: Stage): Promise<void> => {
  stage.bundleNative('for another system');
  await keepWith(stage, 'for another system');
};

const runs = 'alive.healthy.running.trusted';

/** Native modules that must fit the executable. */
export const nativeTrees: readonly Story[] = [
  {
    id: 'natives-fit-already',
    title: 'Its own native modules fit',
    summary:
      'What does a start with native modules cost? The compiled files are read, they fit, and nothing is said.',
    aboutNatives: true,
    ends: { places: { natives: 'matched', launch: runs }, disk: { 'native tree': 'none' } },
    play: async stage => {
      await stage.before('1.1.0 has a native module of its own, made for this system.', async () => {
        stage.bundleNative('for this system');
        await keepWith(stage, 'for this system');
      });
      await stage.shell({ ...quiet, natives: [stage.pty] }).start();
    },
  },
  {
    id: 'natives-of-the-bundle',
    title: 'The executable has changed: the bundle’s copy fits',
    summary:
      'The app was reinstalled for another system: what about the version in the store? Its own native module was made for the old one; the copy in the new bundle takes its place.',
    aboutNatives: true,
    ends: { places: { natives: 'matched', launch: runs }, disk: { 'native tree': 'none' } },
    play: async stage => {
      await stage.before('1.1.0 was staged under the executable before; the bundle is new.', async () => {
        stage.bundleNative('for this system');
        await keepWith(stage, 'for another system');
      });
      await stage.shell({ ...quiet, natives: [stage.pty] }).start();
    },
  },
  {
    id: 'natives-installed-once',
    title: 'Nothing fits: a tree is installed, once',
    summary:
      'What if no copy fits? What the app has pinned is installed once for this ABI, loaded in a child before it counts, and from then on used without a word.',
    aboutNatives: true,
    ends: { places: { natives: 'cached', launch: runs }, disk: { 'native tree': 'pty' } },
    play: async stage => {
      await stage.before('Nothing fits. The app has pinned pty 1.0.0.', async () => {
        await nothingFits(stage);
        stage.publishPty();
      });
      const options = { ...quiet, natives: [stage.pinnedPty] };
      const first = stage.shell(options);
      await first.start();
      await first.exit();
      await stage.shell(options).start();
    },
  },
  {
    id: 'natives-another-process',
    title: 'Another process makes the same tree',
    summary:
      'Two windows start at once: do they install twice? No: the second one waits for the first and uses its tree.',
    aboutNatives: true,
    ends: { places: { natives: 'cached', launch: runs }, disk: { 'native tree': 'pty' } },
    play: async stage => {
      const options = { ...quiet, natives: [stage.pinnedPty] };
      const other = stage.anotherShell(options);
      await stage.before('Another process has begun to install the tree.', async () => {
        await nothingFits(stage);
        stage.publishPty();
        other.tell({ type: 'supervisor.start' });
        await other.playTo('fetchNatives');
      });
      const app = stage.shell(options);
      app.open();
      await app.playTo('awaitOther');
      await stage.happens('the other process', 'Has finished its tree.', () => other.playTo('openAttempt'));
      await app.play();
    },
  },
  {
    id: 'natives-gate-closed',
    title: 'The install fails, and the gate is closed',
    summary:
      'What if nothing fits and the registry cannot help? Nothing is started with modules that would crash it; no version is blamed, and the user is told what to do.',
    aboutNatives: true,
    ends: { disk: { 'native tree': 'none', 'bad versions': 'none' }, window: 'pty' },
    play: async stage => {
      await stage.before('Nothing fits, and the registry does not have what is pinned.', () =>
        nothingFits(stage),
      );
      await stage.shell({ ...quiet, natives: [stage.pinnedPty] }).start();
    },
  },
  {
    id: 'natives-skipped',
    title: 'A user who wants no trees',
    summary: 'Does mode skip install anything? No, and nothing that is known to crash is started.',
    aboutNatives: true,
    ends: { places: { natives: 'skipped' }, disk: { 'native tree': 'none' } },
    play: async stage => {
      await stage.before('Nothing fits. The user has chosen to skip trees.', async () => {
        await nothingFits(stage);
        stage.publishPty();
      });
      await stage.shell({ ...quiet, natives: [stage.pinnedPty], nativesMode: 'skip' }).start();
    },
  },
  {
    id: 'natives-stopped-midway',
    title: 'A stop in the middle of an install',
    summary: 'Is anything left of an install that was given up? No: the step is ended, and its scratch goes.',
    aboutNatives: true,
    ends: { places: { natives: 'unavailable' }, disk: { 'native tree': 'none' } },
    play: async stage => {
      await stage.before('Nothing fits. The app has pinned pty 1.0.0.', async () => {
        await nothingFits(stage);
        stage.publishPty();
      });
      const app = stage.shell({ ...quiet, natives: [stage.pinnedPty] });
      app.open();
      await app.playTo('proveNatives');
      await app.stop();
    },
  },
];
