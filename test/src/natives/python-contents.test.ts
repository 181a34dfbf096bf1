import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { fetchPythonPackages } from '#src/natives/python-packages.js';
import { defaultLimits } from '#src/staging/limits.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { temporaryFolder } from '../../support/folder.ts';
import { fetchInto, refusal } from '../../support/natives/python-installs.ts';
import { fromFolder, pinOf, requestFor } from '../../support/natives/python-trees.ts';
import { newest, none } from '../../support/natives/pythons.ts';
import { plain, writeWheel } from '../../support/natives/wheels.ts';

describe.skipIf(none)('N-12: what is in a tree', () => {
  test('N-12: only what is pinned comes, though the package asks for more', async () => {
    const wheels = temporaryFolder();
    const archive = writeWheel(wheels, {
      name: 'plain',
      tag: 'py3-none-any',
      files: [{ name: 'plain.py', bytes: '' }],
      needs: ['other'],
    });
    writeWheel(wheels, { name: 'other', tag: 'py3-none-any', files: [{ name: 'other.py', bytes: '' }] });
    fromFolder(wheels);
    const { files } = await fetchInto(await requestFor(newest, [pinOf(archive)]));
    expect(files.map(({ path: file }) => file)).toContain('site-packages/plain.py');
    expect(files.some(({ path: file }) => file.includes('other'))).toBe(false);
  });

  test('P-20: scripts, files that run at each start, and caches; nothing is a link', async () => {
    const wheels = temporaryFolder();
    fromFolder(wheels);
    const mark = path.join(temporaryFolder(), 'ran');
    const archive = writeWheel(wheels, {
      ...plain(
        'plain',
        { name: 'plain.pth', bytes: `import pathlib; pathlib.Path(${JSON.stringify(mark)}).touch()\n` },
        { name: 'pointer.py', bytes: '/etc/passwd', link: true },
        { name: 'plain-1.0.data/scripts/tool', bytes: '#!python\n' },
      ),
      scripts: 'plain-tool = plain:main',
    });
    const request = await requestFor(newest, [pinOf(archive)]);
    const { files } = await fetchInto(request);
    const names = files.map(({ path: file }) => file);
    expect(names).toContain('site-packages/pointer.py');
    expect(readFileSync(path.join(request.tree, 'site-packages/pointer.py'), 'utf8')).toBe('/etc/passwd');
    expect(names.filter(name => /\.pth$|\/bin\/|Scripts|__pycache__/.test(name))).toEqual([]);
    expect(existsSync(path.join(request.tree, 'site-packages/bin'))).toBe(false);
    expect(existsSync(mark)).toBe(false);
  });

  test('P-21: a file that leads out of the folder is refused', async () => {
    const wheels = temporaryFolder();
    fromFolder(wheels);
    const archive = writeWheel(wheels, plain('plain', { name: '../../escaped.py', bytes: '' }));
    const request = await requestFor(newest, [pinOf(archive)]);
    expect(await refusal(request)).toMatchObject({ code: 'PACKAGE_UNSAFE' });
    expect(existsSync(path.join(path.dirname(request.folder), 'escaped.py'))).toBe(false);
  });

  test('P-21: a name that is no name elsewhere, and two that are one, are refused', async () => {
    for (const files of [
      [{ name: 'plain/aux.py', bytes: '' }],
      [
        { name: 'a/x.py', bytes: '' },
        { name: 'A/x.py', bytes: '' },
      ],
    ]) {
      const wheels = temporaryFolder();
      fromFolder(wheels);
      const archive = writeWheel(wheels, plain('plain', ...files));
      expect(await refusal(await requestFor(newest, [pinOf(archive)]))).toMatchObject({
        code: 'PACKAGE_UNSAFE',
      });
    }
  });

  test('P-22: more files and more bytes than there may be are refused', async () => {
    const wheels = temporaryFolder();
    fromFolder(wheels);
    const archive = writeWheel(wheels, plain('plain', { name: 'large.bin', bytes: 'x'.repeat(5000) }));
    const { signal } = new AbortController();
    for (const limit of [{ files: 2 }, { unpackedBytes: 4000 }]) {
      const request = await requestFor(newest, [pinOf(archive)]);
      const limits = { ...defaultLimits, ...limit };
      await expect(fetchPythonPackages(fs, request, signal, () => undefined, limits)).rejects.toThrow(
        /more than 2 files|larger than 4000/,
      );
    }
  });
});
