import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { afterPack } from '#src/builders/electron-builder.js';
import { makePackage } from '#src/testing/packages.js';
import { buildWorld, filesOf, runtime } from '../../support/builders/build-world.ts';
import { packagedApp } from '../../support/builders/packaged-app.ts';

const fixture = path.resolve(import.meta.dirname, '../../../dist/test/fixtures/builders/after-pack.js');
const posix = process.platform !== 'win32';

/** A build that hangs in the download of a newer runtime over an older one. */
const hangingBuild = async () => {
  const world = await buildWorld();
  const app = packagedApp(world, { platform: 'win32', arch: 1 });
  await afterPack(world.options)(app.context);
  const before = filesOf(app.resources);
  const { length: asked } = world.registry.requests;
  world.registry.publish(makePackage(runtime('1.2.0')));
  world.registry.fault({ path: 'tarball' }, { kind: 'hang' });
  const { project, out, registry } = world;
  const child = spawn(process.execPath, [fixture, project, out, app.resources, registry.url], {
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  await vi.waitUntil(() => registry.requests.slice(asked).some(({ subject }) => subject === 'tarball'), {
    timeout: 30_000,
  });
  return { child, ended, before, app, out };
};

const leftovers = (out: string) => readdirSync(out).filter(name => name.startsWith('.'));

test.runIf(posix)(
  'a build that is interrupted leaves the resources as they were, and nothing beside them',
  async () => {
    const { child, ended, before, app, out } = await hangingBuild();
    child.kill('SIGINT');
    expect(await ended).toEqual([null, 'SIGINT']);
    expect(filesOf(app.resources)).toEqual(before);
    expect(leftovers(out)).toEqual([]);
  },
);

test('a build that is killed leaves the resources as they were; what it made lies outside of the app', async () => {
  const { child, ended, before, app, out } = await hangingBuild();
  child.kill('SIGKILL');
  await ended;
  expect(filesOf(app.resources)).toEqual(before);
  expect(leftovers(out)).toHaveLength(1);
});
