import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { apiOptions } from '#src/cli/host.js';
import { readSettings } from '#src/cli/settings.js';
import { UsageError } from '#src/cli/usage-error.js';
import { nodeFileSystem } from '#src/store/file-system.js';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(path.join(tmpdir(), 'settings-'));
});
afterEach(() => {
  rmSync(cwd, { recursive: true });
});

const config = (value: unknown) =>
  writeFileSync(
    path.join(cwd, 'stagedoor.config.json'),
    typeof value === 'string' ? value : JSON.stringify(value),
  );
const read = (flags: Record<string, unknown> = {}, env: Record<string, string> = {}) =>
  readSettings(nodeFileSystem, { flags, env, cwd });
const complaint = (flags: Record<string, unknown> = {}, env: Record<string, string> = {}) => {
  try {
    read(flags, env);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return 'nothing is wrong';
};

describe('where a setting comes from', () => {
  test('flags go before the environment, the environment before the file, the file before the default', () => {
    config({ package: 'from-file', channel: 'from-file', probe: 'ipc', json: true });
    const env = { STAGEDOOR_PACKAGE: 'from-env', STAGEDOOR_CHANNEL: 'from-env', STAGEDOOR_JSON: '0' };
    const settings = read({ package: 'from-flag' }, env);
    expect(settings).toMatchObject({ package: 'from-flag', channel: 'from-env', probe: 'ipc', json: false });
    expect(settings.registry).toBeUndefined();
  });

  test('every option can come from each of the three', () => {
    const follow = 'http://127.0.0.1:4000/0123456789abcdef/';
    const fromFile = {
      follow,
      native: ['a', { name: 'b', dir: 'x' }],
      probeTimeout: 5,
      bundled: 'res',
      store: 'st',
    };
    config(fromFile);
    const expected = {
      follow,
      natives: [{ name: 'a' }, { name: 'b', dir: path.join(cwd, 'x') }],
      probeTimeout: 5,
      bundled: path.join(cwd, 'res'),
      store: path.join(cwd, 'st'),
    };
    expect(read()).toMatchObject(expected);
    config({});
    expect(
      read(
        {},
        {
          STAGEDOOR_NATIVE: 'a,b=x',
          STAGEDOOR_PROBE_TIMEOUT: '5',
          STAGEDOOR_BUNDLED: 'res',
          STAGEDOOR_STORE: 'st',
          STAGEDOOR_FOLLOW: follow,
        },
      ),
    ).toMatchObject(expected);
    expect(
      read({ follow, native: ['a', 'b=x'], probeTimeout: '5', bundled: 'res', store: 'st' }),
    ).toMatchObject(expected);
  });

  test('an absolute STAGEDOOR_ENTRY is the variable of the child and not an option', () => {
    expect(read({}, { STAGEDOOR_ENTRY: '/store/versions/1.0.0/cli.js' }).entry).toBeUndefined();
    expect(read({}, { STAGEDOOR_ENTRY: 'C:\\store\\cli.js' }).entry).toBeUndefined();
    expect(read({}, { STAGEDOOR_ENTRY: 'dist/cli.js' }).entry).toBe('dist/cli.js');
  });

  test('an empty variable counts as unset', () => {
    config({ package: 'from-file' });
    expect(read({}, { STAGEDOOR_PACKAGE: '' }).package).toBe('from-file');
  });

  test('the file may spell a key as the flag or the API does, but not twice', () => {
    config({ natives: ['a'], 'probe-timeout': 9 });
    expect(read()).toMatchObject({ natives: [{ name: 'a' }], probeTimeout: 9 });
    config({ natives: ['a'], native: ['b'] });
    expect(complaint()).toBe('stagedoor.config.json: "native" is there twice');
  });

  test('the default store bears the name of the package, as one folder', () => {
    const { store } = read({ package: '@acme/app' });
    expect(path.basename(store ?? '')).toBe('runtime-store');
    expect(store).toContain('@acme+app');
    expect(read().store).toBeUndefined();
  });
});

const sha512 = `sha512-${'A'.repeat(86)}==`;

describe('native dependencies of the file', () => {
  test('N-04: install, build, optional and module are passed on, and a folder becomes absolute', () => {
    const install = { 'a@1.0.0': sha512, '@scope/b@2.0.0-rc.1': sha512 };
    const facts = { name: 'a', install, build: true, optional: true, module: 'a_c' };
    config({ native: [{ ...facts, dir: 'x' }], nativesMode: 'SKIP' });
    expect(read()).toMatchObject({
      natives: [{ ...facts, dir: path.join(cwd, 'x') }],
      nativesMode: 'SKIP',
    });
    expect(apiOptions(read({ package: 'app', store: 's' }))).toMatchObject({
      natives: [facts],
      nativesMode: 'SKIP',
    });
  });

  test('N-06: STAGEDOOR_NATIVES is the mode, and no list of natives', () => {
    expect(read({}, { STAGEDOOR_NATIVES: 'skip' })).toMatchObject({ natives: [], nativesMode: undefined });
  });
});

describe('wrong settings name their source and their key', () => {
  test.each([
    [{ chanel: 'x' }, 'stagedoor.config.json: unknown key "chanel"'],
    [{ package: 7 }, 'stagedoor.config.json: "package" must be the name of an npm package, not 7'],
    [{ package: '../x' }, 'stagedoor.config.json: "package" must be the name of an npm package, not "../x"'],
    [
      { probeTimeout: '5' },
      'stagedoor.config.json: "probeTimeout" must be a number of milliseconds, not "5"',
    ],
    [{ store: '' }, 'stagedoor.config.json: "store" must not be empty, not ""'],
    [{ native: 'a' }, 'stagedoor.config.json: "native" must be a list, not "a"'],
    [{ native: ['/a'] }, 'stagedoor.config.json: "native.0" must be NAME or NAME=DIR, not "/a"'],
    [
      { native: [{ dir: 'a' }] },
      'stagedoor.config.json: "native.0" must be NAME, NAME=DIR or {"name", "dir", "install", "build", "optional", "module"}, not {"dir":"a"}',
    ],
    [
      { native: ['a', { name: 'b', build: 'yes' }] },
      'stagedoor.config.json: "native.1.build" must be true or false, not "yes"',
    ],
    [{ native: [{ name: 'b', instal: {} }] }, 'stagedoor.config.json: unknown key "native.0.instal"'],
    [
      { native: [{ name: 'b', install: { 'b@1.0.0': 7 } }] },
      'stagedoor.config.json: "native.0.install.b@1.0.0" must be a hash, not 7',
    ],
    [
      { native: [{ name: 'b', install: { 'b@1.0.0': 'sha1-x' } }] },
      'stagedoor.config.json: "native.0" must be pinned by sha512-… (npm) or sha256:… (Python), not {"b@1.0.0":"sha1-x"}',
    ],
    [
      { native: [{ name: 'b', install: { 'b@^1': sha512 } }] },
      'stagedoor.config.json: "native.0" must be pinned as NAME@VERSION, not "b@^1"',
    ],
    [{ nativesMode: 'never' }, 'stagedoor.config.json: "nativesMode" must be auto or skip, not "never"'],
    [{ schedule: { jitter: 2 } }, 'stagedoor.config.json: "schedule.jitter" must be at most 1, not 2'],
    [{ schedule: { soon: 2 } }, 'stagedoor.config.json: unknown key "schedule.soon"'],
    [[], 'stagedoor.config.json must hold an object'],
    ['null', 'stagedoor.config.json must hold an object'],
  ])('%j: %s', (value, message) => {
    config(value);
    expect(complaint()).toBe(message);
  });

  test('a file that is not JSON', () => {
    config('{"package": ');
    expect(complaint()).toMatch(/^stagedoor\.config\.json is not valid JSON: [^\n]+$/);
  });

  test('a variable and a flag', () => {
    expect(complaint({}, { STAGEDOOR_PROBE_TIMEOUT: 'soon' })).toBe(
      'STAGEDOOR_PROBE_TIMEOUT must be a number of milliseconds, not "soon"',
    );
    expect(complaint({}, { STAGEDOOR_JSON: 'maybe' })).toBe(
      'STAGEDOOR_JSON must be true or false, not "maybe"',
    );
    expect(complaint({ registry: 'ftp://host' })).toBe(
      '--registry must be an http or https address, not "ftp://host"',
    );
  });

  test('P-24: a password in an address is not repeated', () => {
    expect(complaint({ registry: 'ftp://user:secret@host' })).not.toContain('secret');
  });
});
