import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readAttempts } from '#src/store/attempts.js';
import { readBadVersions } from '#src/store/bad-versions.js';
import { readJournal } from '#src/store/journal.js';
import { storeLayout } from '#src/store/layout.js';
import { fs, packed, until } from '../support/app-world.ts';
import { type DoubleProcess, startOnDouble } from '../support/electron/double-process.ts';
import { type Fuse, writeExecutable } from '../support/electron/executable.ts';
import { type FlowApp, type FlowDriver, mainOf, newFlowApp, walkThrough } from '../support/electron/flow.ts';
import { secureFront } from '../support/electron/secure-front.ts';
import { isFull } from '../support/proof/run.ts';

const page = '<!doctype html><title>An app</title>';

const startApp = (
  app: FlowApp,
  executable: string,
  env: Readonly<Record<string, string>> = {},
): DoubleProcess =>
  startOnDouble(mainOf(app), {
    userData: app.userData,
    resources: path.join(app.dir, 'resources'),
    appPath: app.dir,
    executable,
    env: { ...app.env, ...env },
  });

const has = (program: DoubleProcess, said: object): boolean =>
  program.output().includes(JSON.stringify(said).slice(0, -1));

const started = async (program: DoubleProcess): Promise<void> => {
  const ended = program.exited.then(() => {
    throw new Error(`the program has ended: ${program.output()}`);
  });
  await Promise.race([ended, until(() => has(program, { said: 'started' }))]);
};

/** The app as its user has it, on the double, with the real preload in its window. */
const driven = async (program: DoubleProcess): Promise<FlowDriver> => {
  await started(program);
  await program.listen(0, 'stagedoor', 'rolled-back');
  return {
    call: (verb, ...args) => program.call(0, 'stagedoor', verb, ...args),
    rollbackShown: async () => {
      await expect.poll(() => program.heard(), { interval: 20, timeout: 10_000 }).toHaveLength(1);
      return JSON.stringify(await program.heard());
    },
    quit: async () => {
      await program.quit();
      expect(await program.exited).toEqual({ code: 0, signal: null });
    },
  };
};

const appWith = async (fuse: Fuse): Promise<{ readonly app: FlowApp; readonly executable: string }> => {
  const app = await newFlowApp(page);
  return { app, executable: writeExecutable(path.dirname(app.dir), fuse) };
};

if (!isFull) console.log('skipped: the flow as a utility process, certificates of a shell: a full run');

for (const [kind, fuse] of [
  ['as Node', 'on'],
  ['as a utility process', 'off'],
] as const) {
  // A short run has the other one.
  test.runIf(isFull || fuse === 'on')(
    `a whole app whose runtime runs ${kind} is installed, updated, restarted, broken and rolled back, by its own window`,
    async () => {
      const { app, executable } = await appWith(fuse);
      await walkThrough(app, () => driven(startApp(app, executable)));
    },
  );
}

const storeOf = ({ userData }: FlowApp) => storeLayout(path.join(userData, 'runtime-store'));

/** Every file of the store, but for the journal, which says itself who wrote it. */
const filesOf = (folder: string): readonly unknown[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => !name.includes('journal'))
    .sort((a, b) => a.localeCompare(b))
    .map(name => {
      const file = path.join(folder, name);
      return [name, statSync(file).isFile() ? readFileSync(file, 'base64') : ''];
    });

test('a second instance that quits at once starts nothing, writes nothing and delays nothing', async () => {
  const { app, executable } = await appWith('on');
  const layout = storeOf(app);
  const first = startApp(app, executable);
  await started(first);
  await until(() => existsSync(layout.health));
  const before = filesOf(layout.root);
  const second = startApp(app, executable);
  expect(await second.exited).toEqual({ code: 0, signal: null });
  expect(has(second, { said: 'second instance' })).toBe(true);
  expect(has(second, { said: 'ready' })).toBe(false);
  await until(() => has(first, { said: 'a second instance came' }));
  expect(filesOf(layout.root)).toEqual(before);
  expect(new Set(readJournal(fs, layout, 1_000).map(({ pid }) => pid))).toEqual(new Set([first.pid]));
  expect(await first.windows()).toHaveLength(1);
  await first.quit();
  expect(await first.exited).toEqual({ code: 0, signal: null });
  await started(startApp(app, executable));
});

test('P-26: a machine that sleeps for longer than the deadline while a version starts blames nobody', async () => {
  const { app, executable } = await appWith('on');
  const layout = storeOf(app);
  app.registry.publish(packed('1.1.0', { behaviour: 'starts-slowly', afterMs: 900 }));
  const program = startApp(app, executable, { STAGEDOOR_TEST_PROBE_MS: '1000' });
  const { call, quit } = await driven(program);
  expect(await call('check')).toEqual({ outcome: 'staged', version: '1.1.0' });
  const restarted = call('restartToApply', { when: 'now' });
  await until(() =>
    readAttempts(fs, layout).some(
      ({ version, child }) => version === '1.1.0' && typeof child?.pid === 'number',
    ),
  );
  await program.suspend();
  program.signal('SIGSTOP');
  // The sleep itself is what is tested: nothing tells that enough time has gone by.
  await pause(1_600);
  program.signal('SIGCONT');
  await program.resume();
  expect(await restarted).toMatchObject({ outcome: 'running', version: '1.1.0' });
  expect(readBadVersions(fs, layout)).toEqual([]);
  await quit();
});

test.runIf(isFull)(
  'a certificate that the environment of the shell names counts for its requests, and without it none is made',
  async context => {
    const { app, executable } = await appWith('on');
    const front = await secureFront(app.registry.url);
    if (front === null) {
      console.log('skipped: certificates of a shell, which need openssl');
      return context.skip();
    }
    app.registry.publish(packed('1.1.0'));
    const over = (certificates: string): DoubleProcess =>
      startApp(app, executable, {
        STAGEDOOR_TEST_REGISTRY: front.url,
        NODE_EXTRA_CA_CERTS: certificates,
        // npm's own list of certificates would take the place of Node's.
        npm_config_globalconfig: path.join(app.dir, 'no-global-npmrc'),
        npm_config_userconfig: path.join(app.dir, 'no-user-npmrc'),
        npm_config_cafile: '',
      });
    const without = await driven(over(''));
    expect(await without.call('check')).toMatchObject({ outcome: 'failed' });
    expect(app.registry.requests).toEqual([]);
    await without.quit();
    const within = await driven(over(front.certificate));
    expect(await within.call('check')).toEqual({ outcome: 'staged', version: '1.1.0' });
    await within.quit();
  },
);

test('a program on the double has what Electron gives to it, by import and by require', async () => {
  const app = await newFlowApp(page);
  const program = startOnDouble(path.join(import.meta.dirname, '../fixtures/electron/modules.cjs'), {
    userData: app.userData,
    resources: '/opt/app/resources',
    appPath: app.dir,
    packaged: false,
  });
  expect(await program.exited).toEqual({ code: 0, signal: null });
  expect(JSON.parse(program.output())).toEqual({
    same: true,
    name: 'flow-app',
    version: '3.0.0',
    packaged: false,
    defaultApp: true,
    type: 'browser',
    electron: true,
    resources: '/opt/app/resources',
    originalFs: true,
    readyFirst: false,
    ready: true,
    environment: [],
    send: 'undefined',
  });
});
