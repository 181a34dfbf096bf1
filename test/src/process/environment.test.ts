import { expect, test } from 'vitest';
import { childEnvironment } from '#src/process/environment.js';
import { startFixture } from './fixture.ts';

const dirty = {
  PATH: '/usr/bin',
  HOME: '/home/somebody',
  LANG: 'C.UTF-8',
  NODE_EXTRA_CA_CERTS: '/etc/ca.pem',
  NODE_OPTIONS: '--require /evil.js',
  NODE_PATH: '/evil',
  NODE_CHANNEL_FD: '7',
  NODE_CHANNEL_SERIALIZATION_MODE: 'json',
  NODE_UNIQUE_ID: '1',
  NODE_V8_COVERAGE: '/coverage',
  NODE_REPL_HISTORY: '/history',
  LD_PRELOAD: '/evil.so',
  LD_AUDIT: '/evil.so',
  DYLD_INSERT_LIBRARIES: '/evil.dylib',
  ELECTRON_RUN_AS_NODE: '1',
  ELECTRON_NO_ATTACH_CONSOLE: '1',
  npm_config_registry: 'https://registry.example.com/',
  npm_lifecycle_event: 'start',
  STAGEDOOR_ENTRY: '/another/entry.js',
  STAGEDOOR_REGISTRY: 'https://registry.example.com/',
  VITEST: 'true',
  VITEST_POOL_ID: '1',
  NPM_TOKEN: 'of the user',
  gone: undefined,
};
const clean = {
  PATH: '/usr/bin',
  HOME: '/home/somebody',
  LANG: 'C.UTF-8',
  NODE_EXTRA_CA_CERTS: '/etc/ca.pem',
  NPM_TOKEN: 'of the user',
  STAGEDOOR_ENTRY: '/store/versions/1.1.0/cli.js',
  STAGEDOOR_ATTEMPT: 'a1',
  STAGEDOOR_VERSION: '1.1.0',
};
const facts = {
  entry: '/store/versions/1.1.0/cli.js',
  attempt: 'a1',
  version: '1.1.0',
  platform: 'linux',
} as const;

test('P-37: the child gets a clean environment, and the shell keeps its own', () => {
  const base = Object.freeze({ ...dirty });
  const own = { ...process.env };
  expect(childEnvironment(base, facts)).toEqual(clean);
  expect(base).toEqual(dirty);
  expect(process.env).toEqual(own);
});

test('P-37: a runtime sees what was made for it and nothing of its shell', async () => {
  const env = childEnvironment({ ...dirty, NODE_EXTRA_CA_CERTS: undefined }, facts);
  const child = startFixture('print-environment', [], { env });
  await child.exited;
  const { NODE_CHANNEL_FD, NODE_CHANNEL_SERIALIZATION_MODE, NODE_EXTRA_CA_CERTS, ...seen } = {
    ...clean,
    ...JSON.parse(child.tail()),
  };
  expect(seen).toEqual({ ...clean, NODE_EXTRA_CA_CERTS: undefined });
  expect(NODE_CHANNEL_FD).not.toBe('7');
});

test('P-37: only Electron is told to run as Node', () => {
  expect(childEnvironment(dirty, { ...facts, electron: true })).toEqual({
    ...clean,
    ELECTRON_RUN_AS_NODE: '1',
  });
});

test('P-37: on Windows a name is dropped in any case', () => {
  const env = childEnvironment(
    { Node_Options: 'x', NPM_CONFIG_REGISTRY: 'x', Path: 'p' },
    { ...facts, platform: 'win32' },
  );
  expect(Object.keys(env)).toEqual(['Path', 'STAGEDOOR_ENTRY', 'STAGEDOOR_ATTEMPT', 'STAGEDOOR_VERSION']);
});

test('K-04: the path of the core lock is told where there is one, and a value that is set stays', () => {
  const lock = (base: Record<string, string>, coreLockPath?: string): string | undefined =>
    childEnvironment(base, { ...facts, coreLockPath }).STAGEDOOR_CORE_LOCK_PATH;
  expect(lock({})).toBeUndefined();
  expect(lock({}, '/lock.json')).toBe('/lock.json');
  expect(lock({ STAGEDOOR_CORE_LOCK_PATH: '/set.json' }, '/lock.json')).toBe('/set.json');
  expect(lock({ STAGEDOOR_CORE_LOCK_PATH: '' }, '/lock.json')).toBe('/lock.json');
});
