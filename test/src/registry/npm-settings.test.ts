import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadNpmSettings } from '#src/registry/npm-settings.js';
import { retryAfterMs } from '#src/registry/request-watch.js';
import { defaultLimits as limits } from '#src/staging/limits.js';

/** Makes a user configuration of npm for one test. */
const userConfiguration = (text: string): void => {
  const dir = mkdtempSync(path.join(tmpdir(), 'stagedoor-npmrc-'));
  writeFileSync(path.join(dir, 'npmrc'), text);
  const before = process.env.npm_config_userconfig;
  process.env.npm_config_userconfig = path.join(dir, 'npmrc');
  onTestFinished(() => {
    if (before === undefined) delete process.env.npm_config_userconfig;
    else process.env.npm_config_userconfig = before;
    rmSync(dir, { recursive: true });
  });
};

const lines = (...text: readonly string[]): string => `${text.join('\n')}\n`;

test('registry, scopes, tokens and proxy come from npm itself', async () => {
  userConfiguration(
    lines(
      'registry=https://registry.example.com/npm',
      '@scope:registry=https://scoped.example.com',
      '//scoped.example.com/:_authToken=sesame',
      'https-proxy=http://proxy.example.com:8080',
      'noproxy=internal.example.com',
    ),
  );
  const plain = await loadNpmSettings({ package: 'runtime', registry: undefined, limits });
  expect(plain).toMatchObject({
    registry: 'https://registry.example.com/npm/',
    httpsProxy: 'http://proxy.example.com:8080',
    noProxy: 'internal.example.com',
    '//scoped.example.com/:_authToken': 'sesame',
  });
  const scoped = await loadNpmSettings({ package: '@scope/runtime', registry: undefined, limits });
  expect(scoped.registry).toBe('https://scoped.example.com/');
});

test('the .npmrc of the folder that an app is started from does not choose the registry, unless that is wanted', async () => {
  userConfiguration(lines('registry=https://user.example.com'));
  const project = mkdtempSync(path.join(tmpdir(), 'stagedoor-project-'));
  writeFileSync(path.join(project, 'package.json'), '{}');
  writeFileSync(path.join(project, '.npmrc'), lines('registry=https://project.example.com'));
  const before = process.cwd();
  process.chdir(project);
  onTestFinished(() => {
    process.chdir(before);
    rmSync(project, { recursive: true });
  });
  const source = { package: 'runtime', registry: undefined, limits };
  expect((await loadNpmSettings(source)).registry).toBe('https://user.example.com/');
  const wanted = await loadNpmSettings({ ...source, projectConfig: true });
  expect(wanted.registry).toBe('https://project.example.com/');
});

test('a registry that is named explicitly is the one that is asked, for scoped packages too', async () => {
  userConfiguration(lines('registry=https://a.example.com', '@scope:registry=https://b.example.com'));
  const settings = await loadNpmSettings({
    package: '@scope/runtime',
    registry: 'https://c.example.com',
    limits,
  });
  expect(settings).toMatchObject({
    registry: 'https://c.example.com/',
    '@scope:registry': 'https://c.example.com/',
  });
});

test('what npm caches for its user stays as it is, and nothing of a package can run', async () => {
  userConfiguration(lines('offline=true', 'prefer-offline=true', 'allow-git=all'));
  expect(await loadNpmSettings({ package: 'runtime', registry: undefined, limits })).toMatchObject({
    cache: undefined,
    tufCache: undefined,
    offline: false,
    preferOffline: false,
    preferOnline: true,
    ignoreScripts: true,
    allowGit: 'none',
    allowRemote: 'none',
    allowFile: 'none',
    allowDirectory: 'none',
  });
});

test.each([
  ['120', 120_000],
  ['0', 0],
  ['Thu, 01 Jan 1970 00:00:10 GMT', 9_000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['soon', undefined],
  [undefined, undefined],
])('Retry-After: %s is %s ms at the first second of 1970', (value, ms) => {
  expect(retryAfterMs(value, 1000)).toBe(ms);
});
