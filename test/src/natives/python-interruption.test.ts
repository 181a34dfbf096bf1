import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../support/folder.ts';
import { silentIndex } from '../../support/natives/python-index.ts';
import { fetchInto, workingIn } from '../../support/natives/python-installs.ts';
import { onlyHere, pinOf, requestFor } from '../../support/natives/python-trees.ts';
import { newest, none } from '../../support/natives/pythons.ts';
import { plain, writeWheel } from '../../support/natives/wheels.ts';

describe.skipIf(none || process.platform !== 'linux')('N-04: in the middle', () => {
  test('N-04: an abort ends all that was started before it is told', async () => {
    const { url, asked } = await silentIndex();
    onlyHere({ PIP_INDEX_URL: url });
    const archive = writeWheel(temporaryFolder(), plain('plain'));
    const request = await requestFor(newest, [pinOf(archive)]);
    const controller = new AbortController();
    const fetching = fetchInto(request, controller.signal);
    const settled = expect(fetching).rejects.toThrow('enough');
    await asked;
    expect(workingIn(request.folder)).not.toEqual([]);
    controller.abort(new Error('enough'));
    await settled;
    expect(workingIn(request.folder)).toEqual([]);
  });

  test('N-04: when we are killed pip ends too, and what is left lies in the scratch folder alone', async () => {
    const { url, asked } = await silentIndex();
    onlyHere({ PIP_INDEX_URL: url });
    const archive = writeWheel(temporaryFolder(), plain('plain'));
    const request = await requestFor(newest, [pinOf(archive)]);
    const dist = path.resolve(import.meta.dirname, '../../../dist/src');
    const program = `
      import { fetchPythonPackages } from ${JSON.stringify(path.join(dist, 'natives/python-packages.js'))};
      import fs from 'node:fs';
      await fetchPythonPackages(fs, ${JSON.stringify(request)}, new AbortController().signal, () => {});`;
    const temporary = temporaryFolder();
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: 'ignore',
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await asked;
    expect(workingIn(request.folder).length).toBeGreaterThan(1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await expect.poll(() => workingIn(request.folder), { timeout: 10_000 }).toEqual([]);
    expect(readdirSync(path.dirname(request.folder))).toEqual(['scratch']);
    expect(readdirSync(temporary)).toEqual([]);
  });
});
