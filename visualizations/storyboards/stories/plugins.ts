import type { Stage, Story } from '../story.ts';

/** 1.1.0 is installed, and 1.2.0 has come out. */
const olderInstalled = async (stage: Stage, brings = false): Promise<void> => {
  await stage.lockReact('18.3.1');
  stage.publishPlugin('1.1.0', { react: '^18.0.0' });
  await stage.plugin('add').run();
  stage.publishPlugin('1.2.0', { react: '^18.0.0', brings });
};

const nothingIsThere = { plugins: 'none', 'trees of plugins': 'none', scratch: 'none' };
const olderIsThere = { plugins: 'chart-plugin 1.1.0', 'trees of plugins': '1 tree ', scratch: 'none' };
const newerIsThere = { plugins: 'chart-plugin 1.2.0', 'trees of plugins': '1 tree ', scratch: 'none' };

/** Plugins under the core lock of the runtime. */
export const plugins: readonly Story[] = [
  {
    id: 'plugin-shares-the-copy',
    title: 'A plugin that the runtime can share its copy with',
    summary:
      'A plugin asks for react ^18, and brings one of its own in its archive: which one counts? The runtime’s, which is never installed a second time; what the archive brought is left out.',
    aboutPlugins: true,
    ends: { places: { 'plugin-install': 'installed' }, disk: newerIsThere, window: 'react 18.3.1' },
    play: async stage => {
      await stage.before(
        'The runtime has react 18.3.1. chart-plugin 1.2.0 brings react 17.0.2.',
        async () => {
          await stage.lockReact('18.3.1');
          stage.publishPlugin('1.2.0', { react: '^18.0.0', brings: true });
        },
      );
      await stage.plugin('add').run();
    },
  },
  {
    id: 'plugin-refused',
    title: 'A plugin that needs another version is refused',
    summary:
      'The runtime has react 19.1.0, the plugin needs ^18: is it installed with a second react? No: it is refused before anything is downloaded, and both versions are named.',
    aboutPlugins: true,
    ends: { places: { 'plugin-install': 'refused' }, disk: nothingIsThere, window: '19.1.0' },
    play: async stage => {
      await stage.before('The runtime has react 19.1.0. chart-plugin 1.2.0 needs ^18.0.0.', async () => {
        await stage.lockReact('19.1.0');
        stage.publishPlugin('1.2.0', { react: '^18.0.0' });
      });
      await stage.plugin('add').run();
    },
  },
  {
    id: 'plugin-update',
    title: 'A newer version takes the place of the older one',
    summary:
      'What becomes of the version that was installed? It counts until the pointer is written, then it goes.',
    aboutPlugins: true,
    ends: { places: { 'plugin-install': 'installed' }, disk: newerIsThere },
    play: async stage => {
      await stage.before('chart-plugin 1.1.0 is installed. 1.2.0 has come out.', () => olderInstalled(stage));
      await stage.plugin('add').run();
    },
  },
  {
    id: 'plugin-present',
    title: 'The very same is there already',
    summary:
      'What does adding a plugin again cost? One question to the registry: it is there and whole, so it stays.',
    aboutPlugins: true,
    ends: { places: { 'plugin-install': 'present' }, disk: newerIsThere, window: 'already' },
    play: async stage => {
      await stage.before('chart-plugin 1.2.0 is installed.', async () => {
        await stage.lockReact('18.3.1');
        stage.publishPlugin('1.2.0', { react: '^18.0.0' });
        await stage.plugin('add').run();
      });
      await stage.plugin('add').run();
    },
  },
  {
    id: 'plugin-no-longer-admitted',
    title: 'The runtime has moved on',
    summary:
      'A plugin is there and whole, and an update of the runtime has brought react 19: may it stay? Who adds it again is told that it does not go with this runtime.',
    aboutPlugins: true,
    ends: { places: { 'plugin-install': 'refused' }, disk: newerIsThere, window: '19.1.0' },
    play: async stage => {
      await stage.before('chart-plugin 1.2.0 was installed beside react 18.3.1.', async () => {
        await stage.lockReact('18.3.1');
        stage.publishPlugin('1.2.0', { react: '^18.0.0' });
        await stage.plugin('add').run();
      });
      await stage.happens('an update', 'The runtime has react 19.1.0 from now on.', () =>
        stage.lockReact('19.1.0'),
      );
      await stage.plugin('add').run();
    },
  },
  {
    id: 'plugin-killed-midway',
    title: 'Killed in the middle of an install',
    summary:
      'The process dies while it unpacks: is half a plugin installed? No: the plugin is what it was, and the next install sweeps what is left.',
    aboutPlugins: true,
    ends: { places: { 'plugin-install': 'installed' }, disk: newerIsThere },
    play: async stage => {
      await stage.before('chart-plugin 1.1.0 is installed. 1.2.0 has come out.', () => olderInstalled(stage));
      const command = stage.plugin('add');
      await command.runTo('stagePlugin');
      await command.killAt(
        ({ call, path }) => call === 'write' && path.endsWith('index.js'),
        'the system',
        'Kills the process while it unpacks.',
      );
      await stage.plugin('add').run();
    },
  },
  {
    id: 'plugin-killed-in-the-commit',
    title: 'Killed between the rename and the pointer',
    summary:
      'The worst moment: the new tree is in its place, and nothing says so yet. The older one counts; the next install finds the tree whole and points to it.',
    aboutPlugins: true,
    ends: { places: { 'plugin-install': 'installed' }, disk: newerIsThere },
    play: async stage => {
      await stage.before('chart-plugin 1.1.0 is installed. 1.2.0 has come out.', () => olderInstalled(stage));
      const command = stage.plugin('add');
      await command.runTo('commitPlugin');
      await command.killAt(
        ({ call, path }) => call === 'rename' && path.includes('current.json'),
        'the system',
        'Kills the process before the pointer is written.',
      );
      await stage.plugin('add').run();
    },
  },
  {
    id: 'plugin-cancelled',
    title: 'Ctrl-C in the middle of an install',
    summary:
      'Is anything left of an install that was given up? No: the step is ended, then its scratch goes.',
    aboutPlugins: true,
    ends: { places: { 'plugin-install': 'cancelled' }, disk: olderIsThere, window: 'Cancelled' },
    play: async stage => {
      await stage.before('chart-plugin 1.1.0 is installed. 1.2.0 has come out.', () => olderInstalled(stage));
      const command = stage.plugin('add');
      await command.runTo('verifyPlugin');
      await command.interrupt();
    },
  },
  {
    id: 'plugin-cancelled-too-late',
    title: 'Ctrl-C when the commit has begun',
    summary: 'Can a commit be torn? No: it is finished, and told as done.',
    aboutPlugins: true,
    ends: { places: { 'plugin-install': 'installed' }, disk: newerIsThere, window: 'installed' },
    play: async stage => {
      await stage.before('chart-plugin 1.1.0 is installed. 1.2.0 has come out.', () => olderInstalled(stage));
      const command = stage.plugin('add');
      await command.runTo('commitPlugin');
      await command.interrupt();
    },
  },
  {
    id: 'plugin-other-bytes',
    title: 'The registry sends other bytes',
    summary:
      'What if an archive is not what was announced? Not a byte of it is unpacked, and the plugin is what it was.',
    aboutPlugins: true,
    ends: { places: { 'plugin-install': 'failed' }, disk: olderIsThere, window: 'INTEGRITY_MISMATCH' },
    play: async stage => {
      await stage.before('chart-plugin 1.1.0 is installed. 1.2.0 comes with a changed bit.', async () => {
        await olderInstalled(stage);
        stage.registry.fault({ path: 'tarball' }, { kind: 'tamperTarball' });
      });
      await stage.plugin('add').run();
    },
  },
  {
    id: 'plugin-without-a-lock',
    title: 'The lock of the runtime can’t be read',
    summary:
      'Nobody can say what belongs to the runtime: is a plugin installed all the same? No: a runtime starts without its lock, but nothing is installed beside it.',
    aboutPlugins: true,
    ends: { places: { 'plugin-install': 'failed' }, disk: nothingIsThere },
    play: async stage => {
      await stage.before('The lock of the runtime is cut off in its middle.', async () => {
        await stage.lockReact('18.3.1');
        stage.damageLock();
        stage.publishPlugin('1.2.0', { react: '^18.0.0' });
      });
      await stage.plugin('add').run();
    },
  },
  {
    id: 'plugin-removed',
    title: 'A plugin is removed',
    summary: 'What is left of a plugin that is removed? Nothing; and who removes it again is told so.',
    aboutPlugins: true,
    ends: { places: { 'plugin-install': 'absent' }, disk: nothingIsThere, window: 'not installed' },
    play: async stage => {
      await stage.before('chart-plugin 1.1.0 is installed.', async () => {
        await stage.lockReact('18.3.1');
        stage.publishPlugin('1.1.0', { react: '^18.0.0' });
        await stage.plugin('add').run();
      });
      await stage.plugin('remove').run();
      await stage.plugin('remove').run();
    },
  },
];
