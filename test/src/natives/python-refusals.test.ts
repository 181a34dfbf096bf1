import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { fetchPythonPackages } from '#src/natives/python-packages.js';
import { defaultLimits } from '#src/staging/limits.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { temporaryFolder } from '../../support/folder.ts';
import { freePort } from '../../support/loopback.ts';
import { pythonIndex, silentIndex } from '../../support/natives/python-index.ts';
import { refusal, workingIn } from '../../support/natives/python-installs.ts';
import {
  compiledWheel,
  fromFolder,
  onlyHere,
  pinOf,
  requestFor,
} from '../../support/natives/python-trees.ts';
import { alone, ends, newest, none, oldest } from '../../support/natives/pythons.ts';
import { plain, writeWheel } from '../../support/natives/wheels.ts';

describe.skipIf(none)('N-12: what is refused', () => {
  test.skipIf(alone)('N-12: an archive for another interpreter alone', async () => {
    const wheels = temporaryFolder();
    const archive = await compiledWheel(wheels, oldest);
    fromFolder(wheels);
    const { code, hint } = await refusal(await requestFor(newest, [pinOf(archive)]));
    expect(code).toBe('NATIVE_ABI_MISMATCH');
    expect(hint).toContain('Pin a version');
  });

  test('N-12: an interpreter without pip, with the command', async () => {
    const wheels = temporaryFolder();
    const archive = writeWheel(wheels, plain('plain'));
    const venv = path.join(temporaryFolder(), 'venv');
    execFileSync(newest.exec, ['-m', 'venv', '--without-pip', venv]);
    fromFolder(wheels);
    const exec = path.join(venv, 'bin', 'python');
    const said = await refusal(await requestFor({ ...newest, exec }, [pinOf(archive)]));
    expect(said).toMatchObject({
      code: 'NATIVE_ABI_MISMATCH',
      hint: expect.stringContaining('-m ensurepip'),
    });
  });

  test('P-25: names and versions that would be options', async () => {
    onlyHere({});
    for (const pin of [
      { name: '-r', version: '1' },
      { name: 'a', version: '-e' },
      { name: '@a/b', version: '1.0.0' },
    ]) {
      const request = await requestFor(newest, [{ ...pin, hashes: [`sha256:${'0'.repeat(64)}`] }]);
      expect(await refusal(request)).toMatchObject({
        message: expect.stringContaining('names no Python package'),
      });
    }
  });

  test('P-24: an index that can not be reached, with a password in its address', async () => {
    const wheels = temporaryFolder();
    const archive = writeWheel(wheels, plain('plain'));
    onlyHere({
      PIP_INDEX_URL: `http://me:hidden-word@127.0.0.1:${await freePort()}/simple`,
      PIP_RETRIES: '0',
    });
    for (const one of ends) {
      const said = await refusal(await requestFor(one, [pinOf(archive)]));
      expect(said.code).toBe('REGISTRY_UNREACHABLE');
      expect(JSON.stringify(said)).not.toContain('hidden-word');
    }
  });

  test('P-24: an index that refuses us', async () => {
    const archive = writeWheel(temporaryFolder(), plain('plain'));
    const index = await pythonIndex(path.dirname(archive.file), {
      mischief: (_, response) => {
        response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
        return true;
      },
    });
    onlyHere({ PIP_INDEX_URL: index.url });
    expect(await refusal(await requestFor(newest, [pinOf(archive)]))).toMatchObject({
      code: 'REGISTRY_REFUSED',
    });
  });

  test.skipIf(process.platform !== 'linux')('P-22: one that takes too long is ended', async () => {
    const { url } = await silentIndex();
    onlyHere({ PIP_INDEX_URL: url });
    const archive = writeWheel(temporaryFolder(), plain('plain'));
    const request = await requestFor(newest, [pinOf(archive)]);
    const limits = { ...defaultLimits, downloadMs: 1500 };
    const fetching = fetchPythonPackages(fs, request, new AbortController().signal, () => undefined, limits);
    await expect(fetching).rejects.toMatchObject({ code: 'DOWNLOAD_STALLED' });
    expect(workingIn(request.folder)).toEqual([]);
  });
});
