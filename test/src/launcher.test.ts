import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createLauncher } from '#src/launcher.js';
import { readJournal } from '#src/store/journal.js';
import { fs, newLauncher, newWorld, next, record, stage, trust } from '../support/app-world.ts';

describe('the launcher alone', () => {
  test('P-40: its import loads neither pacote, tar, valibot nor the ranges of semver', async () => {
    const program = fileURLToPath(new URL('../../dist/test/src/launcher-modules.js', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [program]);
    expect(JSON.parse(stdout)).toEqual({ files: 1, held: [], named: [] });
  });

  test('N-05: what asks for natives is a file of its own, is shipped, and is what the launcher loads where it has to ask', async () => {
    const read = (file: string) => fs.readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
    const named = read('dist/launcher.js').match(/(?<=import\([`'"]\.\/)launcher\/[\w-]+\.js/g) ?? [];
    expect(JSON.parse(read('package.json')).files).toContain('dist/launcher');
    const onDemand = ['asking', 'plugin-builds', 'plugin-comparison'].map(name => `launcher/${name}.js`);
    expect(new Set(named)).toEqual(new Set(onDemand));
    const holders = (text: string) =>
      ['launcher.js', ...named].filter(file => read(`dist/${file}`).includes(text));
    expect(holders('Finds native modules that fit the executable')).toEqual(['launcher/asking.js']);
    // K-05: what compares ranges is loaded where plugins are installed.
    expect(holders('hosted-git-info\n')).toEqual(['launcher/plugin-comparison.js']);
  });

  test('L-03: it launches, falls back, tells, restarts with what is staged, and stops', async () => {
    const world = newWorld();
    await trust(world, '1.1.0');
    await stage(world, '1.2.0', { behaviour: 'dies-at-start' });
    const launcher = newLauncher(world);
    const rolledBack = next(launcher, 'runtime:rolled-back');
    const started = launcher.start();
    expect(launcher.start()).toBe(started);
    expect(await started).toMatchObject({ outcome: 'running', version: '1.1.0', role: 'previous' });
    expect(await rolledBack).toMatchObject({ version: '1.2.0', running: '1.1.0' });
    await stage(world, '1.3.0');
    const ready = next(launcher, 'runtime:ready');
    launcher.restart();
    expect(await ready).toMatchObject({ version: '1.3.0', role: 'override' });
    await launcher.stop();
    await launcher.stop();
  });

  test('L-04: where nothing starts it says so once, with the cause', async () => {
    const world = newWorld({ behaviour: 'dies-at-start' });
    const launcher = newLauncher(world);
    const told = record(launcher, 'runtime:exhausted');
    const outcome = await launcher.start();
    expect(outcome).toMatchObject({ outcome: 'exhausted', error: { code: 'LAUNCH_EXITED_EARLY' } });
    expect(told).toHaveLength(1);
  });

  test('P-26: stopped before anything ran, or before it was started, it ends', async () => {
    const world = newWorld();
    await stage(world, '1.1.0', { behaviour: 'never-listens' });
    const idle = newLauncher(world);
    idle.restart();
    await idle.stop();
    const launcher = newLauncher(world);
    const started = launcher.start();
    await next(launcher, 'runtime:output');
    await launcher.stop();
    expect(await started).toEqual({ outcome: 'stopped' });
  });

  test('P-39: it keeps the journal under the names that the whole thing uses', async () => {
    const world = newWorld();
    const launcher = newLauncher(world);
    await launcher.start();
    await launcher.stop();
    const names = readJournal(fs, world.layout, 100).map(({ event }) => event);
    expect(names).toEqual(expect.arrayContaining(['launch.resolved', 'runtime:starting', 'runtime:ready']));
  });

  test('P-39: a caller’s mistake is a TypeError at once', () => {
    expect(() => createLauncher({ package: 'Not A Name' })).toThrow(TypeError);
  });
});
