import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { json } from './command-line.ts';
import { makeWorld, program, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
  world.bundle(program('1.0.0'));
});
afterEach(() => world.close());

const staged = (): string[] => {
  const versions = path.join(world.store, 'versions');
  return existsSync(versions) ? readdirSync(versions) : [];
};

describe('check', () => {
  test('tells what is available and changes nothing', async () => {
    world.publish(program('1.1.0'));
    const text = await world.run('check');
    expect(text).toEqual({ code: 0, stdout: '1.1.0 is available (current: 1.0.0).\n', stderr: '' });
    const ended = await world.run('check', '--json');
    expect(json(ended)).toEqual({ outcome: 'update-available', version: '1.1.0', current: '1.0.0' });
    expect(existsSync(path.join(world.store, 'current.json'))).toBe(false);
    expect(staged()).toEqual([]);
  });

  test('U-05: a package that does not fit is an answer with exit code 0, not a failure', async () => {
    world.publish(program('1.1.0', { manifest: { engines: { node: '>=99' } } }));
    const ended = await world.run('check', '--json');
    expect(ended.code).toBe(0);
    expect(json(ended)).toMatchObject({
      outcome: 'incompatible',
      reason: { field: 'engines', wanted: 'node >=99' },
    });
  });

  test('U-05: a version that needs a newer shell is an answer, and the newest one for this shell is staged', async () => {
    world.publish(program('1.1.0'));
    world.publish(program('2.0.0', { manifest: { engines: { 'my-app': '>=3' } } }));
    world.config({ shellName: 'my-app', shellVersion: '2.1.0' });
    expect(json(await world.run('update', '--json'))).toMatchObject({ outcome: 'staged', version: '1.1.0' });
    const ended = await world.run('check', '--json');
    expect(ended.code).toBe(0);
    expect(json(ended)).toEqual({
      outcome: 'outgrown',
      version: '2.0.0',
      needs: 'my-app >=3',
      shell: '2.1.0',
    });
    expect(await world.run('check')).toMatchObject({
      code: 0,
      stdout:
        '2.0.0 needs a newer shell: it asks for my-app >=3, here it is 2.1.0. Nothing newer fits this one.\n',
    });
  });

  test('a name for the shell that stands for something else is wrong usage', async () => {
    world.config({ shellName: 'npm' });
    const { code, stderr } = await world.run('check');
    expect(code).toBe(2);
    expect(stderr).toContain('option "shellName" must be');
  });

  test('a registry that refuses is a failure: code, hint and exit code 1, the error object with --json', async () => {
    world.registry.fault({}, { kind: 'status', code: 401 });
    const text = await world.run('check');
    expect(text).toMatchObject({ code: 1, stdout: '' });
    expect(text.stderr).toMatch(/^stagedoor: REGISTRY_REFUSED: [^\n]+\n[^\n]+\n$/);
    const ended = await world.run('check', '--json');
    expect(ended).toMatchObject({ code: 1, stderr: '' });
    expect(json(ended)).toEqual({
      error: {
        code: 'REGISTRY_REFUSED',
        blame: 'registry',
        message: expect.any(String),
        hint: expect.any(String),
      },
    });
  });

  test('a mistake that only the API notices is wrong usage too', async () => {
    const { code, stderr } = await world.run('check', '--channel', '^1.0.0');
    expect(code).toBe(2);
    expect(stderr).toContain('"^1.0.0"');
  });
});

describe('update', () => {
  test('stages, and then says that it is staged', async () => {
    world.publish(program('1.1.0'));
    const first = await world.run('update');
    expect(first).toEqual({
      code: 0,
      stdout: '1.1.0 is staged; it starts with the next launch.\n',
      stderr: '',
    });
    expect(staged()).toEqual(['1.1.0']);
    expect(json(await world.run('update', '--json'))).toEqual({
      outcome: 'already-staged',
      version: '1.1.0',
    });
  });

  test('U-02: at or below the bundled version it is up to date', async () => {
    world.publish(program('1.0.0'));
    expect(json(await world.run('update', '--json'))).toMatchObject({
      outcome: 'up-to-date',
      current: '1.0.0',
    });
  });

  test('a pinned store defers what is newer and says why', async () => {
    world.publish(program('1.1.0'));
    await world.run('pin', '1.0.0');
    const ended = await world.run('update', '--json');
    expect(ended.code).toBe(0);
    expect(json(ended)).toMatchObject({ outcome: 'deferred', refusal: { code: 'pinned' } });
    expect(staged()).toEqual([]);
  });

  test.runIf(process.platform !== 'win32')(
    'an interruption cancels: exit code 130 and nothing left',
    async () => {
      world.publish(program('1.1.0'));
      world.registry.fault({ path: 'tarball' }, { kind: 'hang' });
      const child = world.start('update', '--json');
      const asked = () => world.registry.requests.some(({ url }) => url.endsWith('.tgz'));
      await vi.waitUntil(asked, { timeout: 30_000, interval: 10 });
      let stdout = '';
      child.stdout.on('data', chunk => {
        stdout += chunk;
      });
      child.kill('SIGINT');
      const [code] = await once(child, 'close');
      expect({ code, answer: JSON.parse(stdout) }).toEqual({ code: 130, answer: { outcome: 'cancelled' } });
      expect(existsSync(path.join(world.store, 'current.json'))).toBe(false);
      expect(staged()).toEqual([]);
    },
  );

  test('a store path that is a file is a failure with its code, and the file stays', async () => {
    world.publish(program('1.1.0'));
    const { code, stderr } = await world.run('update', '--store', 'stagedoor.config.json');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^stagedoor: (STORE_UNREADABLE|DISK_DENIED): /);
    expect((await world.run('status')).code).toBe(0);
  });
});
