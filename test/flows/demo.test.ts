import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/folder.ts';

const run = promisify(execFile);
const demo = path.resolve(import.meta.dirname, '../../dist/examples/demo/main.js');

test('P-39: the demo ends by itself, says why the broken version was left, and leaves nothing behind', async () => {
  const folder = temporaryFolder('demo');
  const env = { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder };
  const { stdout, stderr } = await run(process.execPath, [demo], { env });
  expect(stderr).toBe('');
  expect(stdout).toContain('1.2.0 did not start; 1.1.0 runs instead');
  expect(stdout).toContain('Marked bad: it ended before it was ready');
  expect(stdout).toContain('No update: 1.2.0 is marked bad');
  expect(stdout).toContain('The app runs: 1.2.1 answers');
  expect(stdout).toContain('Every step happened as told');
  expect(stdout).not.toContain('\u001b');
  expect(readdirSync(folder)).toEqual([]);
});

test('the demo refuses a story that it does not know', async () => {
  await expect(run(process.execPath, [demo, 'no-such-story'])).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('usage: npm run demo'),
  });
});
