import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import type { Story } from '../story.ts';
import { newerPublished, newerStaged, quiet } from './settings.ts';

/** Damage, other processes, and what the machine does. */
export const surviving: readonly Story[] = [
  {
    id: 'marks-unwritable',
    title: 'A verdict that can’t be written',
    summary:
      'What if the mark against a broken version can’t be written? Nothing is removed without it; the app runs the good version, and the next start that can write judges again.',
    ends: {
      places: { launch: 'alive.healthy.running.trusted' },
      disk: { pointer: 'none', 'bad versions': '1.2.0: bad' },
      window: 'runs 1.1.0',
    },
    play: async stage => {
      await newerStaged(
        stage,
        '1.1.0 is trusted. 1.2.0 is staged, and it dies at its start. There is no room for the list of bad versions.',
        {
          behaviour: 'dies-at-start',
        },
      );
      const app = stage.shell(quiet);
      app.disk.failAt(
        ({ call, path: place }) => call === 'write' && /bad-versions/.test(path.basename(place)),
        'ENOSPC',
      );
      await app.start();
      await stage.happens('the user', 'Quits.');
      await app.exit();
      await stage.happens('the user', 'Makes room and opens the app again.');
      await stage.shell(quiet).start();
    },
  },
  {
    id: 'invalid-pointer',
    title: 'A pointer that makes no sense',
    summary:
      'What if the pointer file is damaged? It counts as none and is removed, so that it can’t linger; the last good version starts.',
    ends: {
      places: { launch: 'alive.healthy.running.trusted' },
      disk: { pointer: 'none' },
      window: 'runs 1.1.0',
    },
    play: async stage => {
      await stage.before('1.1.0 is trusted. Something has written garbage over the pointer.', async () => {
        await stage.keep('1.1.0', { trusted: true, pointed: true });
        writeFileSync(stage.layout.current, '{"version": "1.1');
      });
      await stage.shell(quiet).start();
    },
  },
  {
    id: 'shell-upgraded',
    title: 'The shell is upgraded past the staged version',
    summary:
      'Which runtime runs after an upgrade of the shell itself? The bundled one if it is newer; the pointer below it is removed, and the old version is collected.',
    ends: {
      places: { launch: 'alive.healthy.running.candidate' },
      disk: { pointer: 'none', versions: 'none' },
      window: 'runs 2.0.0',
    },
    play: async stage => {
      await stage.before(
        '1.1.0 is staged and was never launched. A new shell has been installed that bundles 2.0.0.',
        async () => {
          await stage.keep('1.1.0', { pointed: true });
          stage.bundle('2.0.0');
        },
      );
      await stage.shell({ ...quiet, shellVersion: '2.0.0' }).start();
    },
  },
  {
    id: 'bad-version-republished',
    title: 'A bad version is published again with other bytes',
    summary:
      'Is a mark for ever? It stands against the bytes that failed: under the same number with other bytes the version is given another chance.',
    ends: {
      places: { launch: 'alive.healthy.running.candidate', update: 'resting.staged' },
      disk: { pointer: '1.2.0' },
      window: 'runs 1.2.0',
    },
    play: async stage => {
      const app = stage.shell(quiet);
      await stage.before('1.2.0 has died at its start and is marked bad. 1.1.0 runs.', async () => {
        await stage.keep('1.1.0', { trusted: true });
        await stage.keep('1.2.0', { pointed: true }, { behaviour: 'dies-at-start' });
        stage.publish('1.2.0', { behaviour: 'dies-at-start' });
        await app.start();
      });
      await app.update();
      await stage.happens('the registry', '1.2.0 is published again under the same number, repaired.', () =>
        stage.publish('1.2.0'),
      );
      await app.update();
      await stage.happens('the user', 'Restarts the app to apply it.');
      await app.restart();
    },
  },
  {
    id: 'two-shells-stage',
    title: 'Two shells stage different versions at once',
    summary:
      'Who wins when two processes stage at the same time? The newer version: each has a folder of its own, and before the pointer is replaced it is read again.',
    ends: {
      places: { update: 'resting.upToDate' },
      disk: { pointer: '1.3.0', scratch: 'none' },
      window: 'runs 1.1.0',
    },
    play: async stage => {
      const app = stage.shell(quiet);
      await newerPublished(stage, app);
      app.tell({ type: 'supervisor.update' });
      await app.playTo('commit');
      const other = stage.anotherShell(quiet);
      stage.publish('1.3.0');
      await stage.happens(
        'another shell',
        'Finds 1.3.0, which has just been published, stages it and is first at the pointer.',
        () => other.update(),
      );
      await app.play();
    },
  },
  {
    id: 'two-shells-collect',
    title: 'Two shells run different versions, and one collects',
    summary:
      'Is a version deleted while another process runs it? No: what a living child runs stays until it has ended.',
    ends: {
      places: { launch: 'alive.healthy.running' },
      disk: { pointer: '1.3.0', versions: '1.2.0' },
      window: 'runs 1.3.0',
    },
    play: async stage => {
      const other = stage.anotherShell(quiet);
      await stage.before(
        'Another shell runs 1.1.0. Since then 1.2.0 was trusted, and 1.3.0 is staged.',
        async () => {
          await stage.keep('1.1.0', { pointed: true });
          await other.start();
          await stage.keep('1.2.0', { trusted: true });
          await stage.keep('1.3.0', { pointed: true });
        },
      );
      const app = stage.shell(quiet);
      await app.start();
      await stage.happens('another shell', 'Quits: nothing runs 1.1.0 any more.', () => other.stop());
      await stage.happens('the user', 'Restarts the app.');
      await app.restart();
    },
  },
  {
    id: 'shell-killed-in-probe',
    title: 'The shell is killed in the probe, twice',
    summary:
      'What if a version takes the whole shell down with it? Each attempt was written down before the spawn: the first open one gives a strike at the next start, the second marks it bad.',
    ends: {
      places: { launch: 'alive.healthy.running.trusted' },
      disk: { pointer: 'none', 'bad versions': '1.2.0: bad, SHELL_DIED' },
      window: 'runs 1.1.0',
    },
    play: async stage => {
      await newerStaged(stage, '1.1.0 is trusted. 1.2.0 is staged, and it takes the machine down.', {
        behaviour: 'never-listens',
      });
      for (const says of ['The machine goes down while 1.2.0 is starting.', 'It goes down again.']) {
        const app = stage.shell(quiet);
        app.tell({ type: 'supervisor.start' });
        await app.playInto('alive.probing');
        await app.kill('crash', says);
      }
      await stage.shell(quiet).start();
    },
  },
  {
    id: 'port-taken',
    title: 'Another program has the port',
    summary:
      'Is a version blamed, or an answer believed, if another program answers on its port? Neither: it is asked before the spawn, nothing is marked, and with the port free again everything starts.',
    ends: {
      places: { launch: 'alive.healthy.running' },
      disk: { pointer: '1.1.0', 'bad versions': 'none' },
      window: 'runs 1.1.0',
    },
    play: async stage => {
      const squatter = createServer().listen(0, '127.0.0.1');
      await once(squatter, 'listening');
      const address = squatter.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const app = stage.shell({ ...quiet, probe: `tcp:${port}`, args: ['--port', String(port)] });
      await stage.before('1.1.0 is trusted. Another program listens on the port of the runtime.', () =>
        stage.keep('1.1.0', { trusted: true, pointed: true }),
      );
      await app.start();
      await stage.happens('another program', 'Ends, and the port is free.', async () => {
        squatter.close();
        await once(squatter, 'close');
      });
      await stage.happens('the user', 'Tries again.');
      await app.restart();
    },
  },
];
