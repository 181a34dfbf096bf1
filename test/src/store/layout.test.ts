import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ownToken } from '#src/process/identity.js';
import { newScratch, ownerOf, storeLayout, versionOfEntry } from '#src/store/layout.js';
import { isVersion } from '#src/store/semantic-version.js';
import { entry } from './fresh-store.ts';

const root = path.resolve('/store/runtime-store');
const layout = storeLayout(root);

describe('names', () => {
  test('S-01: one module derives the pointer, the bad list, versions and partials', () => {
    expect(layout.current).toBe(path.join(root, 'current.json'));
    expect(layout.badVersions).toBe(path.join(root, 'bad-versions.json'));
    expect(layout.version('1.2.0')).toBe(path.join(root, 'versions', '1.2.0'));
    expect(layout.partials('1.2.0')).toBe(path.join(root, 'versions', '1.2.0.partial'));
  });

  test('S-01: two scratch folders of one version are different and name their owner', () => {
    const [a, b] = [newScratch('1.2.0', ownToken()), newScratch('1.2.0', ownToken())];
    expect(a).not.toBe(b);
    expect(ownerOf(path.basename(a))).toBe(ownToken());
    expect(layout.partialTree(a)).toBe(path.join(root, 'versions', ...a.split('/'), 'tree'));
    expect(layout.partialTarball(a)).toBe(path.join(root, 'versions', ...a.split('/'), 'package.tgz'));
  });

  test.each(['..', '../1.0.0', '', 'v1.0.0', ' 1.0.0', '1.0', '1.0.0/..', 'latest', '01.0.0', '1.0.0\\..'])(
    'S-01: %j never becomes a path segment',
    text => {
      expect(isVersion(text)).toBe(false);
      expect(() => layout.version(text)).toThrow(/is no version/);
      expect(() => layout.partial(`${text}.partial/1-1-1-00000000`)).toThrow(/is no scratch/);
    },
  );

  test('S-01: a scratch name with more or other parts is refused', () => {
    const id = newScratch('1.0.0', ownToken()).split('/')[1] ?? '';
    for (const name of [
      `1.0.0/${id}`,
      `1.0.0.partial/../${id}`,
      `1.0.0.partial/${id}/x`,
      '1.0.0.partial/other',
      '1.0.0.partial',
    ]) {
      expect(() => layout.partial(name), name).toThrow();
    }
  });

  test.each(['1.2.0', '1.2.0-beta.1', '1.2.0+build.5'])('S-01: %s is a version', text => {
    expect(isVersion(text)).toBe(true);
  });
});

describe('from a path back to its version', () => {
  const canonical = path.join(layout.version('1.2.0'), 'dist', 'cli.js');

  test('S-08: the canonical path gives its version', () => {
    expect(versionOfEntry(layout, canonical, entry)).toBe('1.2.0');
  });

  test.each([
    ['a relative path', path.relative(process.cwd(), canonical)],
    ['a folder that is not semver', path.join(layout.versions, 'latest', 'dist', 'cli.js')],
    ['a loose spelling of a version', path.join(layout.versions, 'v1.2.0', 'dist', 'cli.js')],
    ['a partial folder', path.join(layout.versions, '1.2.0.partial', 'dist', 'cli.js')],
    ['another leaf', path.join(layout.version('1.2.0'), 'dist', 'other.js')],
    ['a deeper leaf', path.join(layout.version('1.2.0'), 'package', 'dist', 'cli.js')],
    ['another root', path.resolve('/elsewhere/runtime-store/versions/1.2.0/dist/cli.js')],
    ['another parent', path.join(root, 'trash', '1.2.0', 'dist', 'cli.js')],
    [
      'a detour',
      `${layout.version('1.2.0')}${path.sep}..${path.sep}1.2.0${path.sep}${path.join('dist', 'cli.js')}`,
    ],
    ['the folder alone', layout.version('1.2.0')],
    ['nothing', ''],
  ])('S-08: %s gives nothing', (_what, file) => {
    expect(versionOfEntry(layout, file, entry)).toBeNull();
  });
});
