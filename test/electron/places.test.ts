import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { next, packed, until } from '../support/app-world.ts';
import { attach, install, setOnProcess } from '../support/electron/attached.ts';

const soonChecks = { schedule: { firstCheckMs: 0, jitter: 0 } };

test('the bundled runtime comes from the resources, and the store lies in the user’s data', async () => {
  const shell = await install();
  const { stagedoor } = attach(shell);
  expect(existsSync(shell.layout.root)).toBe(false);
  expect(await stagedoor.start()).toMatchObject({ outcome: 'running', version: '1.0.0', role: 'bundled' });
  shell.registry.publish(packed('1.1.0'));
  expect(await stagedoor.update()).toMatchObject({ outcome: 'staged', version: '1.1.0' });
  expect(readdirSync(path.dirname(shell.layout.root))).toEqual(['runtime-store']);
  expect(readFileSync(path.join(shell.layout.root, 'current.json'), 'utf8')).toContain('"1.1.0"');
});

test('C-04: a shell in development asks no registry, says so, and refuses a page that orders a check', async () => {
  const shell = await install();
  shell.registry.publish(packed('1.1.0'));
  const { stagedoor, levers } = attach(
    shell,
    { ...soonChecks, bundled: shell.bundled },
    { isPackaged: false },
  );
  await stagedoor.start();
  expect(stagedoor.uiState().tags).toContain('unmanaged');
  const window = await levers.openWindow(shell.page);
  expect(await window.frame.document().invoke('stagedoor:order', { verb: 'check' })).toMatchObject({
    ok: false,
    error: { code: 'REFUSED' },
  });
  levers.resume();
  await stagedoor.stop();
  expect(shell.registry.requests).toEqual([]);
});

const forced = {
  'by the option': () => ({ updateInDevelopment: true }),
  'by the environment': () => {
    process.env.STAGEDOOR_UPDATES = 'force';
    onTestFinished(() => {
      delete process.env.STAGEDOOR_UPDATES;
    });
    return {};
  },
};
for (const [how, options] of Object.entries(forced)) {
  test(`C-04: a shell in development that is told to ${how} checks and stages`, async () => {
    const shell = await install();
    shell.registry.publish(packed('1.1.0'));
    const { stagedoor } = attach(
      shell,
      { ...soonChecks, bundled: shell.bundled, ...options() },
      { isPackaged: false },
    );
    const staged = next(stagedoor, 'runtime:update-staged');
    await stagedoor.start();
    expect(await staged).toMatchObject({ version: '1.1.0' });
    expect(stagedoor.uiState().tags).not.toContain('unmanaged');
  });
}

test('C-05: where the bundled package.json names no version, the one of the app counts', async () => {
  const shell = await install();
  const file = path.join(shell.bundled, 'package.json');
  const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify(Object.assign({}, manifest, { version: 'built by hand' })));
  shell.registry.publish(packed('2.9.0'));
  const { stagedoor } = attach(shell);
  expect(await stagedoor.start()).toMatchObject({ outcome: 'running', version: '3.0.0', role: 'bundled' });
  expect(await stagedoor.update()).toMatchObject({ outcome: 'up-to-date', version: '2.9.0' });
});

test('P-16: an app that was moved between two starts finds its bundle, its store and what it had staged', async () => {
  const shell = await install({
    files: { 'node_modules/native/package.json': '{"name":"native"}' },
  });
  const native = path.join(shell.resources, 'app.asar.unpacked', 'node_modules', 'native');
  const options = { natives: [{ name: 'native' }] };
  mkdirSync(path.dirname(path.dirname(native)), { recursive: true });
  renameSync(path.join(shell.bundled, 'node_modules'), path.dirname(native));
  shell.registry.publish(packed('1.1.0'));
  const first = attach(shell, options);
  await first.stagedoor.start();
  expect(await first.stagedoor.update()).toMatchObject({ outcome: 'staged' });
  await first.stagedoor.detach();

  const moved = path.join(shell.dir, 'elsewhere');
  renameSync(shell.resources, moved);
  setOnProcess('resourcesPath', moved);
  const second = attach({ ...shell, resources: moved }, options);
  expect(await second.stagedoor.start()).toMatchObject({ version: '1.1.0', role: 'override' });
  shell.registry.publish(packed('1.2.0'));
  expect(await second.stagedoor.update()).toMatchObject({ outcome: 'staged', version: '1.2.0' });
  await second.stagedoor.detach();
  const mentioning = readdirSync(shell.layout.root, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name))
    .filter(file => [shell.resources, moved].some(place => readFileSync(file).includes(place)));
  expect(mentioning).toEqual([]);
});

test('both launch kinds: as Node where the fuse is on, as a utility process where it is off', async () => {
  for (const fuse of ['on', 'off'] as const) {
    const shell = await install({}, fuse);
    const { stagedoor, parts } = attach(shell);
    let forked = 0;
    const { utilityProcess } = parts;
    if (utilityProcess === undefined) throw new Error('no utility processes');
    const { fork } = utilityProcess;
    Object.assign(utilityProcess, {
      fork: (...given: Parameters<typeof fork>) => {
        forked += 1;
        return fork(...given);
      },
    });
    expect(await stagedoor.start()).toMatchObject({ outcome: 'running', version: '1.0.0' });
    expect(forked).toBe(fuse === 'on' ? 0 : 1);
    await stagedoor.stop();
  }
});

test('an app whose fuse is off and that passes no utility process is told what to do', async () => {
  const shell = await install({}, 'off');
  const { stagedoor } = attach(shell, { utilityProcess: undefined });
  const launch = await stagedoor.start();
  expect(launch).toMatchObject({ outcome: 'exhausted', error: { code: 'SPAWN_FAILED' } });
  await until(() => stagedoor.uiState().tags.includes('down'));
});
