import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RuntimeBehaviour, runtimePackage, writeRuntime } from '#src/testing/index.js';
import { json, runCli } from '../src/cli/command-line.ts';
import { temporaryFolder } from '../support/folder.ts';
import { isFull } from '../support/proof/run.ts';
import { npmPublish } from './npm-publish.ts';
import { startRun } from './run-command.ts';
import { startVerdaccio, type VerdaccioRegistry } from './verdaccio-registry.ts';

const name = '@demo/runtime';
const unscoped = 'plain-runtime';

let folder: string;
let verdaccio: VerdaccioRegistry;

/** A user's `.npmrc` in a file of its own. */
const npmrc = (file: string, lines: readonly string[]): string => {
  const target = path.join(folder, file);
  writeFileSync(target, `${lines.join('\n')}\n`);
  return target;
};

const tokenLine = (): string => `//${new URL(verdaccio.url).host}/:_authToken=${verdaccio.token}`;
/** The default registry of this one answers nobody: only the scope's line leads to Verdaccio. */
const scoped = (): string =>
  npmrc('scoped', ['registry=http://127.0.0.1:9/', `@demo:registry=${verdaccio.url}/`, tokenLine()]);
const whole = (): string => npmrc('whole', [`registry=${verdaccio.url}/`, tokenLine()]);
const tokenless = (): string => npmrc('tokenless', [`registry=${verdaccio.url}/`]);

const publish = async (
  packageName: string,
  version: string,
  { tag = 'latest', behaviour = 'serves' as RuntimeBehaviour } = {},
): Promise<void> => {
  const source = mkdtempSync(path.join(folder, 'source-'));
  writeRuntime(source, runtimePackage({ name: packageName, version, behaviour }));
  await npmPublish(source, whole(), ['--tag', tag]);
};

if (!isFull) console.log('skipped: what npm publishes to Verdaccio is staged: a full run');

describe.skipIf(!isFull)('what npm publishes to Verdaccio', () => {
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'stagedoor-verdaccio-'));
    mkdirSync(path.join(folder, 'verdaccio'));
    verdaccio = await startVerdaccio(path.join(folder, 'verdaccio'));
    await publish(name, '1.1.0');
    await publish(name, '1.2.0-next.1', { tag: 'next' });
    await publish(unscoped, '1.1.0');
  }, 120_000);

  afterAll(async () => {
    await verdaccio.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  /** A store and a bundled 1.0.0 for one test. */
  const shellOf = (packageName: string) => {
    const home = temporaryFolder('flow');
    const bundled = path.join(home, 'bundled');
    const store = path.join(home, 'runtime-store');
    writeRuntime(bundled, runtimePackage({ name: packageName, version: '1.0.0' }));
    return {
      store,
      options: ['--package', packageName, '--store', store, '--bundled', bundled, '--probe', 'ipc'],
    };
  };

  const underNpmrc = (file: string) => ({ env: { npm_config_userconfig: file } });

  test('U-01: a scoped package that npm published is staged with the registry and the token of .npmrc, and runs', async () => {
    const { options } = shellOf(name);
    const surroundings = underNpmrc(scoped());
    const update = await runCli(['update', '--json', ...options], surroundings);
    expect(json(update)).toMatchObject({ outcome: 'staged', version: '1.1.0' });
    const run = startRun([...options, '--no-updates'], surroundings);
    expect(await run.next('runtime:ready')).toMatchObject({ version: '1.1.0', role: 'override' });
    await run.stop();
    const again = await runCli(['update', '--json', ...options], surroundings);
    expect(json(again)).toMatchObject({ outcome: 'already-staged', version: '1.1.0' });
  });

  test('U-12: a package without a scope is staged from the default registry of .npmrc', async () => {
    const { options } = shellOf(unscoped);
    const update = await runCli(['update', '--json', ...options], underNpmrc(whole()));
    expect(json(update)).toMatchObject({ outcome: 'staged', version: '1.1.0' });
  });

  test('P-39: without the token the refusal has its code, and nothing is staged', async () => {
    const { store, options } = shellOf(name);
    const update = await runCli(['update', '--json', ...options], underNpmrc(tokenless()));
    expect(update.code).toBe(1);
    expect(json(update)).toMatchObject({ error: { code: 'REGISTRY_REFUSED', blame: 'registry' } });
    expect(existsSync(path.join(store, 'current.json'))).toBe(false);
    expect(existsSync(path.join(store, 'versions')) ? readdirSync(path.join(store, 'versions')) : []).toEqual(
      [],
    );
  });

  test('U-01: --channel follows the dist-tag that npm publish --tag moved, and latest stays where it is', async () => {
    const { options } = shellOf(name);
    const surroundings = underNpmrc(whole());
    const next = await runCli(['check', '--json', '--channel', 'next', ...options], surroundings);
    expect(json(next)).toMatchObject({
      outcome: 'update-available',
      version: '1.2.0-next.1',
      current: '1.0.0',
    });
    const latest = await runCli(['check', '--json', ...options], surroundings);
    expect(json(latest)).toMatchObject({ outcome: 'update-available', version: '1.1.0' });
    const staged = await runCli(['update', '--json', '--channel', 'next', ...options], surroundings);
    expect(json(staged)).toMatchObject({ outcome: 'staged', version: '1.2.0-next.1' });
  });

  test('P-24: the token is in no file of the store and in no output', async () => {
    const { store, options } = shellOf(name);
    const ended = await runCli(['update', ...options], underNpmrc(scoped()));
    expect(ended.code).toBe(0);
    const written = readdirSync(store, { recursive: true, withFileTypes: true })
      .filter(file => file.isFile())
      .map(file => readFileSync(path.join(file.parentPath, file.name), 'latin1'));
    expect(written.length).toBeGreaterThan(5);
    for (const text of [ended.stdout, ended.stderr, ...written]) expect(text).not.toContain(verdaccio.token);
  });
});
