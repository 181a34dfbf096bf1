import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { cacheFolder } from '#src/natives/cache-folder.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('N-03: the cache folder is the one that the environment names, on every system', () => {
  const chosen = path.resolve('/somewhere/else');
  vi.stubEnv('XDG_CACHE_HOME', chosen);
  expect(cacheFolder()).toBe(path.join(chosen, 'stagedoor'));
});

test("N-03: it is the platform's where none is named, or one that depends on the current folder", () => {
  for (const value of [undefined, '', 'relative/cache']) {
    vi.stubEnv('XDG_CACHE_HOME', value);
    expect(path.isAbsolute(cacheFolder())).toBe(true);
    expect(cacheFolder()).toContain(os.homedir());
    expect(cacheFolder()).toContain('stagedoor');
  }
});
