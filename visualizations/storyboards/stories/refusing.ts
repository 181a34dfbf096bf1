import { rawTarball, withTarball } from '#src/testing/index.js';
import type { Story } from '../story.ts';
import { newerPublished, quiet } from './settings.ts';

const minute = 60_000;

/** What a registry, a network or a disk does to an update. */
export const refusing: readonly Story[] = [
  {
    id: 'registry-unreachable',
    title: 'The registry can’t be reached',
    summary:
      'Does a bad network harm the running version? No: each failure only makes the next question come later, and once the registry answers the update is staged.',
    ends: { places: { update: 'resting.staged' }, disk: { pointer: '1.2.0' }, window: '1.2.0 is ready' },
    play: async stage => {
      const app = stage.shell();
      await newerPublished(stage, app);
      await stage.happens('the network', 'Every connection to the registry is reset.', () =>
        stage.registry.fault({}, { kind: 'reset' }),
      );
      await stage.happens('time', '45 seconds pass.');
      await app.pass(45_000);
      await stage.happens('time', '30 seconds pass.');
      await app.pass(30_000);
      await stage.happens('the network', 'The registry answers again, a minute later.', () =>
        stage.registry.behave(),
      );
      await app.pass(minute);
    },
  },
  {
    id: 'captive-portal',
    title: 'A captive portal',
    summary:
      'What if a hotel’s login page answers in place of the registry? Its page is no answer: the check fails, nothing on disk changes, and the next one asks again.',
    ends: {
      places: { update: 'resting.failed' },
      disk: { pointer: '1.1.0', scratch: 'none' },
      window: 'runs 1.1.0',
    },
    play: async stage => {
      const app = stage.shell(quiet);
      await newerPublished(stage, app);
      await stage.happens('the network', 'A login page answers to everything.', () =>
        stage.registry.fault({}, { kind: 'html' }),
      );
      await app.update();
    },
  },
  {
    id: 'download-cut',
    title: 'The download is cut',
    summary:
      'What is left of half a download? Nothing: the scratch folder goes, the pointer stays, and the next try begins anew.',
    ends: { places: { update: 'resting.staged' }, disk: { pointer: '1.2.0', scratch: 'none' } },
    play: async stage => {
      const app = stage.shell(quiet);
      await newerPublished(stage, app);
      await stage.happens('the network', 'The connection will break after 500 bytes of the tarball.', () =>
        stage.registry.fault({ times: 1 }, { kind: 'cutTarball', atByte: 500 }),
      );
      await app.update();
      await stage.happens('the user', 'Asks again.');
      await app.update();
    },
  },
  {
    id: 'tampered-tarball',
    title: 'A tarball that was tampered with',
    summary:
      'What if one bit of the download differs? Its SHA-512 is not the announced one: it is never opened, and the version is not blamed.',
    ends: {
      places: { update: 'resting.failed' },
      disk: { pointer: '1.1.0', versions: '1.1.0', scratch: 'none', 'bad versions': 'none' },
    },
    play: async stage => {
      const app = stage.shell(quiet);
      await newerPublished(stage, app);
      await stage.happens('the network', 'Somebody on the way turns one bit of the tarball.', () =>
        stage.registry.fault({}, { kind: 'tamperTarball' }),
      );
      await app.update();
    },
  },
  {
    id: 'hostile-tarball',
    title: 'A hostile tarball',
    summary:
      'What if a package tries to write outside of its folder? It is refused while it is unpacked, whatever its hash says. Nothing of it stays but the mark, which is for these very bytes.',
    ends: {
      places: { update: 'resting.failed' },
      disk: { pointer: '1.1.0', scratch: 'none' },
      window: 'No update',
    },
    play: async stage => {
      const app = stage.shell(quiet);
      await stage.before(
        '1.1.0 is trusted and runs. 1.2.0 is published with a file named ../../escape.js.',
        async () => {
          await stage.keep('1.1.0', { trusted: true, pointed: true });
          const entries = [{ path: 'package/../../escape.js', content: 'gone' }];
          stage.registry.publish(withTarball(stage.packed('1.2.0'), rawTarball(entries)));
          await app.start();
        },
      );
      await app.update();
    },
  },
  {
    id: 'disk-full',
    title: 'The disk fills up in the middle',
    summary:
      'Can a full disk leave half a version, or blame it? Neither: the partial folder goes, and with room again the same version is staged.',
    ends: { places: { update: 'resting.staged' }, disk: { pointer: '1.2.0', 'bad versions': 'none' } },
    play: async stage => {
      const app = stage.shell(quiet);
      await newerPublished(stage, app);
      let free = (): void => undefined;
      await stage.happens('the disk', 'There will be no room for what is unpacked.', () => {
        free = app.disk.failAt(
          ({ call, path }) => call === 'write' && /\.partial.*tree/.test(path),
          'ENOSPC',
        );
      });
      await app.update();
      await stage.happens('the user', 'Makes room and asks again.', () => free());
      await app.update();
    },
  },
  {
    id: 'store-read-only',
    title: 'A store that can’t be written',
    summary:
      'What if the folder of the store is read-only? The app starts all the same, from what is there; only updates and evidence are not to be had, and the user is told why.',
    ends: {
      places: { launch: 'alive.healthy.running', update: 'resting.failed' },
      disk: { pointer: '1.1.0', attempts: 'none' },
      window: 'No update',
    },
    play: async stage => {
      const app = stage.shell(quiet);
      await stage.before('1.1.0 is trusted; the file system of the store has become read-only.', async () => {
        await stage.keep('1.1.0', { trusted: true, pointed: true });
        stage.publish('1.2.0');
        app.disk.failAt(({ mutates, path }) => mutates && path.startsWith(stage.layout.root), 'EROFS');
      });
      await app.start();
      await app.update();
    },
  },
  {
    id: 'native-missing',
    title: 'A native dependency is missing in the bundle',
    summary:
      'What if the module that must be copied is not there? Nothing is staged without it, and the failure names it.',
    ends: {
      places: { update: 'resting.failed' },
      disk: { pointer: '1.1.0', scratch: 'none' },
      window: 'No update',
    },
    play: async stage => {
      const app = stage.shell({ ...quiet, natives: [{ name: 'native-dep' }] });
      await newerPublished(stage, app);
      await app.update();
    },
  },
  {
    id: 'needs-newer-node',
    title: 'A version for another Node',
    summary:
      'Is a version downloaded that can’t run here? No: its engines are compared with the executable that would run it.',
    ends: { places: { update: 'resting.incompatible' }, disk: { pointer: '1.1.0' }, window: 'does not fit' },
    play: async stage => {
      const app = stage.shell(quiet);
      await newerPublished(stage, app, { manifest: { engines: { node: '>=99' } } });
      await app.update();
    },
  },
  {
    id: 'needs-newer-shell',
    title: 'A newer runtime needs a newer shell',
    summary:
      'What if a runtime wants more than the installed app can give? It is not downloaded, and the app is told once what is needed: the shell’s own updater takes over from here.',
    ends: {
      places: { update: 'resting.outgrown' },
      disk: { pointer: '1.1.0', scratch: 'none' },
      window: 'needs a newer app',
    },
    play: async stage => {
      const app = stage.shell({ ...quiet, shellName: 'my-app', shellVersion: '2.1.0' });
      await stage.before(
        '1.1.0 is trusted and runs in a shell 2.1.0. 1.2.0 has just been published, for shells from 3 on.',
        async () => {
          await stage.keep('1.1.0', { trusted: true, pointed: true });
          stage.publish('1.2.0', { manifest: { engines: { 'my-app': '>=3' } } });
          await app.start();
        },
      );
      await app.update();
      await stage.happens('the user', 'Asks again: the answer is the same, and the app is not told twice.');
      await app.update();
    },
  },
  {
    id: 'newest-for-this-shell',
    title: 'The newest runtime that fits this shell',
    summary:
      'Does a shell that is out of date get no updates any more? It does: below the version that needs a newer shell, the newest one that fits is staged; the next check says that the shell is outgrown.',
    ends: {
      places: { launch: 'alive.healthy.running.candidate', update: 'resting.outgrown' },
      disk: { pointer: '1.3.0' },
      window: 'runs 1.3.0',
    },
    play: async stage => {
      const app = stage.shell({ ...quiet, shellName: 'my-app', shellVersion: '2.1.0' });
      await stage.before(
        '1.1.0 is trusted and runs in a shell 2.1.0. Published are 1.2.0, 1.3.0 for shells from 2 on, and 2.0.0 for shells from 3 on.',
        async () => {
          await stage.keep('1.1.0', { trusted: true, pointed: true });
          stage.publish('1.2.0');
          stage.publish('1.3.0', { manifest: { engines: { 'my-app': '>=2' } } });
          stage.publish('2.0.0', { manifest: { engines: { 'my-app': '>=3' } } });
          await app.start();
        },
      );
      await app.update();
      await stage.happens('the user', 'Restarts the app to apply the update, then asks again.');
      await app.restart();
      await app.update();
    },
  },
];
