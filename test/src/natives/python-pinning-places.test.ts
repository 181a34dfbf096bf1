import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { nativeDependency } from '#src/natives/options.js';
import { fetchPythonPackages } from '#src/natives/python-packages.js';
import { pinPython } from '#src/natives/python-pinning.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { temporaryFolder } from '../../support/folder.ts';
import { freePort } from '../../support/loopback.ts';
import { pythonIndex } from '../../support/natives/python-index.ts';
import { expected, offered } from '../../support/natives/python-offers.ts';
import { fromFolder, onlyHere, requestFor } from '../../support/natives/python-trees.ts';
import { pipEnds } from '../../support/natives/pythons.ts';

const exec = pipEnds.at(-1)?.exec ?? '';

describe.skipIf(exec === '')('N-12: where pins of a Python package come from', () => {
  test('N-12: from a folder: all that is needed, with every archive, and they install', async () => {
    const all = offered();
    fromFolder(all.folder);
    for (const one of pipEnds) {
      const pins = await pinPython('top==1.0', { exec: one.exec });
      expect(pins).toEqual(expected(all));
      const wrong = (value: unknown): Error => new TypeError(String(value));
      const native = nativeDependency({ name: 'top', install: pins }, null, wrong);
      const request = await requestFor(one, native.pins);
      const { files } = await fetchPythonPackages(fs, request, new AbortController().signal, () => undefined);
      expect(files.map(({ path: file }) => file)).toContain('site-packages/needed.py');
    }
  });

  test.each([false, true])('N-12: from an index in HTML or JSON (%s)', async json => {
    const all = offered();
    const index = await pythonIndex(all.folder, { json });
    onlyHere({ PIP_INDEX_URL: index.url });
    for (const one of json ? pipEnds.slice(-1) : pipEnds)
      expect(await pinPython('top@1.0', { exec: one.exec })).toEqual(expected(all));
  });

  test('N-12: from an index that lies in folders', async () => {
    const all = offered();
    const simple = path.join(path.dirname(all.folder), 'simple');
    for (const name of ['top', 'needed-one']) {
      mkdirSync(path.join(simple, name), { recursive: true });
      const links = readdirSync(all.folder).filter(file => file.replaceAll('_', '-').startsWith(name));
      const page = links.map(file => `<a href="../../files/${file}">${file}</a>`).join('\n');
      writeFileSync(path.join(simple, name, 'index.html'), page);
    }
    onlyHere({ PIP_INDEX_URL: pathToFileURL(simple).href });
    expect(await pinPython('top==1.0', { exec })).toEqual(expected(all));
  });

  test('P-24: an index that wants a name and a password gets them, and no error shows them', async () => {
    const all = offered();
    const wanted = `Basic ${Buffer.from('me:hidden-word').toString('base64')}`;
    const seen: (string | undefined)[] = [];
    const index = await pythonIndex(all.folder, {
      mischief: (_, response, authorization) => {
        seen.push(authorization);
        if (authorization !== wanted)
          response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
        return authorization !== wanted;
      },
    });
    onlyHere({ PIP_INDEX_URL: index.url.replace('//', '//me:hidden-word@') });
    expect(await pinPython('top==1.0', { exec })).toEqual(expected(all));
    vi.stubEnv('PIP_INDEX_URL', index.url.replace('//', '//me:other-word@'));
    const error: unknown = await pinPython('top==1.0', { exec }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'REGISTRY_REFUSED' });
    expect(String(error)).not.toContain('other-word');
    expect(seen).toContain(wanted);
  });

  test('N-12: a version that is not there, an index that is not there, and what is no version', async () => {
    const all = offered();
    fromFolder(all.folder);
    await expect(pinPython('top==9.0', { exec })).rejects.toMatchObject({ code: 'NATIVE_ABI_MISMATCH' });
    for (const spec of ['top', 'top>=1', '--index-url=x==1', '-r==1', 'top==1.*', 'top @ file:///etc'])
      await expect(pinPython(spec, { exec })).rejects.toMatchObject({ code: 'VERSION_UNKNOWN' });
    onlyHere({ PIP_INDEX_URL: `http://127.0.0.1:${await freePort()}/simple`, PIP_RETRIES: '0' });
    await expect(pinPython('top==1.0', { exec })).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
  });

  test('N-04: nothing is left behind, whatever comes of it', async () => {
    const all = offered();
    fromFolder(all.folder);
    const temporary = temporaryFolder();
    vi.stubEnv('TMPDIR', temporary);
    await pinPython('top==1.0', { exec });
    await expect(pinPython('top==9.0', { exec })).rejects.toThrow();
    expect(readdirSync(temporary)).toEqual([]);
  });
});
