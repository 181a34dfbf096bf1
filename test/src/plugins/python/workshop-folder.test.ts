import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { inWorkshop } from '#src/plugins/python/workshop-folder.js';
import { collectPlugins } from '#src/plugins/upkeep.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { temporaryFolder } from '../../../support/folder.ts';
import { abandonedWorkshops } from '../../../support/natives/abandoned-workshops.ts';

test('K-05: a collection takes the temporary folders of dead resolutions away, and nothing of anybody else', async () => {
  const [store, { temporary, elsewhere, left }] = [temporaryFolder(), abandonedWorkshops()];
  vi.stubEnv('TMPDIR', temporary);
  onTestFinished(() => void vi.unstubAllEnvs());
  await collectPlugins(fs, store);
  expect(new Set(readdirSync(temporary))).toEqual(left);
  expect(readdirSync(elsewhere)).toEqual(['precious']);
});

test('K-05: the folder of a resolution is its own, and gone after it, also where it fails', async () => {
  const temporary = temporaryFolder();
  vi.stubEnv('TMPDIR', temporary);
  onTestFinished(() => void vi.unstubAllEnvs());
  const seen: string[] = [];
  const failing = inWorkshop(async folder => {
    seen.push(folder);
    expect(existsSync(folder)).toBe(true);
    expect(path.dirname(folder)).toBe(temporary);
    if (process.platform !== 'win32') expect(fs.statSync(folder).mode & 0o777).toBe(0o700);
    throw new Error('no such luck');
  });
  await expect(failing).rejects.toThrow('no such luck');
  expect(seen).toHaveLength(1);
  expect(readdirSync(temporary)).toEqual([]);
});
