import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../support/folder.ts';
import { crossFile } from '../../support/natives/cross-files.ts';
import { electronAnswer, fakeRuntime, saying } from '../../support/natives/fake-runtime.ts';
import { abiTag } from '../../support/natives/own-tag.ts';
import { json, runCli } from './command-line.ts';
import { makeWorld, program, type World } from './world.ts';

describe('abi', () => {
  test('N-01: it tells the tag of this Node where no file is named, in JSON and in words', async () => {
    const cwd = temporaryFolder();
    expect(json(await runCli(['abi', '--json'], { cwd }))).toMatchObject({
      outcome: 'ok',
      file: process.execPath,
      tag: abiTag,
      abi: { kind: 'node', modules: process.versions.modules },
    });
    const { stdout } = await runCli(['abi'], { cwd });
    expect(stdout.split('\n')).toEqual([
      abiTag,
      expect.stringMatching(/^Node \d+\.\d+\.\d+ on .+, ABI \d+, Node-API \d+$/),
      '',
    ]);
  });

  test('N-01: a file that is named, by path or on PATH, and the one of the configuration', async () => {
    const fake = fakeRuntime('node', saying(electronAnswer));
    const cwd = path.dirname(fake.exec);
    const tag = 'darwin-arm64-electron136';
    expect(json(await runCli(['abi', './node', '--json'], { cwd }))).toMatchObject({ tag, file: fake.exec });
    expect(json(await runCli(['abi', 'node', '--json'], { cwd, env: { PATH: cwd } }))).toMatchObject({ tag });
    expect(json(await runCli(['abi', '--exec', './node', '--json'], { cwd }))).toMatchObject({ tag });
    writeFileSync(path.join(cwd, 'stagedoor.config.json'), '{"exec":"./node"}');
    const { stdout } = await runCli(['abi'], { cwd });
    expect(stdout).toBe(`${tag}\nElectron 37.10.3 (Node 22.21.1) on darwin arm64, ABI 136, Node-API 10\n`);
  });

  test('N-01: no tag is an answer, with exit code 0', async () => {
    const ended = await runCli(['abi', 'bash', '--json']);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(json(ended)).toEqual({ outcome: 'ok', file: 'bash', tag: null, abi: null });
    expect((await runCli(['abi', 'bash'])).stdout).toBe(
      'bash has no ABI tag: it does not answer as a Node or a Python 3.\n',
    );
  });
});

describe('doctor', () => {
  let world: World;
  beforeAll(async () => {
    world = await makeWorld();
    world.bundle(program('1.0.0'));
  });
  afterAll(() => world.close());

  const native = (name: string, file: string | null): void => {
    const dir = path.join(world.bundled, 'node_modules', name);
    mkdirSync(path.join(dir, 'build/Release'), { recursive: true });
    writeFileSync(path.join(dir, 'package.json'), JSON.stringify({ name }));
    if (file !== null) symlinkSync(file, path.join(dir, 'build/Release/native.node'));
  };
  const examined = async (name: string): Promise<unknown> => {
    const ended = await world.run('doctor', '--native', name, '--json');
    const { checks } = json(ended) as { checks: readonly { readonly id: string }[] };
    return checks.find(({ id }) => id === `native:${name}`);
  };

  const own = crossFile(process.platform === 'linux' ? `linux-${process.arch}-gnu` : 'darwin-universal');
  test('P-34: a native dependency that fits is loaded, and the file is named', async () => {
    native('right', own);
    expect(await examined('right')).toMatchObject({
      ok: true,
      detail: 'fits by Node-API: build/Release/native.node, and loads',
    });
  });

  test('P-34: one for another system is NATIVE_ABI_MISMATCH, with what to do', async () => {
    native('foreign', crossFile('win32-arm64-msvc'));
    expect(await examined('foreign')).toMatchObject({
      ok: false,
      severity: 'error',
      detail: `foreign does not fit: wanted is ${abiTag}, there is Windows arm64`,
      hint: [
        `Bundle a build of foreign for ${abiTag}, or name the executable that it was built for with --exec.`,
        'Or let a launch install it: stagedoor natives pin foreign@VERSION prints what allows that.',
      ].join(' '),
    });
  });

  test('P-34: one that would fit and does not load says why', async () => {
    native('throwing', null);
    writeFileSync(path.join(world.bundled, 'node_modules/throwing/index.js'), 'throw new Error("no way")');
    expect(await examined('throwing')).toMatchObject({ ok: false, detail: 'throwing does not load: no way' });
  });

  test('U-07: one that is not there is told with its place', async () => {
    expect(await examined('missing')).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/^the native dependency missing is not at .+missing$/),
    });
  });

  test('P-34: in words, each on a line of its own', async () => {
    const { stdout } = await world.run('doctor', '--native', 'right', '--native', 'foreign');
    expect(stdout).toMatch(/^native:right +ok {2}fits by Node-API: /m);
    expect(stdout).toMatch(
      /^native:foreign +error {2}foreign does not fit: .+\n +Bundle a build of foreign/m,
    );
  });
});
