import path from 'node:path';
import { expect, test } from 'vitest';
import { besideConflicts, besideConstraints } from '#src/plugins/python/beside.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { writeFiles } from '../../../support/core-lock/guarded-world.ts';
import { temporaryFolder } from '../../../support/folder.ts';

/** Distribution → its version and its files. */
type Site = Readonly<Record<string, readonly [version: string, ...files: string[]]>>;

/** A plugin as it is installed, whose first distribution it is. */
const plugin = (site: Site) => {
  const folder = temporaryFolder();
  const [[name, [version]] = ['', ['']]] = Object.entries(site);
  for (const [one, [itsVersion, ...files]] of Object.entries(site)) {
    const info = `${one.replaceAll('-', '_')}-${itsVersion}.dist-info`;
    writeFiles(folder, {
      [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${one}\nVersion: ${itsVersion}\n`,
      [`${info}/RECORD`]: files.map(file => `${file},,\n`).join(''),
      ...Object.fromEntries(files.map(file => [file, ''])),
    });
  }
  const packages = Object.entries(site).map(([one, [itsVersion]]) => ({
    ...{ name: one, version: itsVersion, integrity: 'sha256:0', place: 'site-packages' },
  }));
  return { name, version, packages, site: folder };
};

const conflicts = (own: Site, ...others: readonly Site[]) =>
  besideConflicts(fs, plugin(own), others.map(plugin));

test('K-05: what two plugins of Python bring in two versions is a conflict, what they bring in the same one is none', () => {
  const pa = { pa: ['1.0', 'pa.py'], common: ['1.0', 'common/__init__.py'] } as const;
  const pb = { pb: ['1.0', 'pb.py'], common: ['2.0', 'common/__init__.py'] } as const;
  const pc = { pc: ['1.0', 'pc.py'], common: ['1.0.0', 'common/__init__.py'] } as const;
  const about = { as: 'common', name: 'common', range: '2.0', chain: ['pb@1.0'] };
  expect(conflicts(pb, pa)).toEqual([{ ...about, reason: 'beside', locked: '1.0', beside: 'pa@1.0' }]);
  expect(conflicts(pc, pa)).toEqual([]);
  expect(conflicts(pb, pa, pc)).toMatchObject([{ beside: 'pa@1.0' }, { beside: 'pc@1.0' }]);
});

test.each<readonly [string, readonly string[], readonly string[], readonly string[]]>([
  ['a package', ['shared/__init__.py'], ['shared/__init__.py', 'shared/more.py'], ['shared']],
  ['a file and a package', ['shared.py'], ['shared/__init__.py'], ['shared']],
  ['compiled and not', ['shared.abi3.so'], ['shared.py'], ['shared']],
  ['parts of a namespace', ['spread/one/__init__.py'], ['spread/two/__init__.py', 'spread/three.py'], []],
  ['the same part of one', ['spread/one/__init__.py'], ['spread/one.py'], ['spread.one']],
  [
    'a package in the place of a namespace',
    ['spread/__init__.py'],
    ['spread/two/__init__.py'],
    ['spread.two'],
  ],
  ['a namespace that a package hides', ['spread/two/__init__.py'], ['spread/__init__.py'], ['spread.two']],
  ['only data', ['shared/a.css'], ['shared/a.css'], []],
])('K-05: of two distributions a module that both have is a conflict: %s', (_, own, theirs, modules) => {
  const found = conflicts(
    { pb: ['1.0', 'pb.py'], 'dist-b': ['3.0', ...own] },
    { pa: ['1.0', 'pa.py'], 'dist-a': ['2.0', ...theirs] },
  );
  expect(found).toEqual(
    modules.map(as => ({
      ...{ as, name: 'dist-b', range: '3.0', chain: ['pb@1.0'], reason: 'beside' },
      ...{ locked: '2.0', holder: 'dist-a', beside: 'pa@1.0' },
    })),
  );
});

test('K-05: one that is damaged is no reason to refuse another, and before anything is unpacked versions count alone', () => {
  const own = plugin({ pb: ['1.0', 'shared.py'] });
  const other = plugin({ pa: ['1.0', 'shared.py'] });
  expect(besideConflicts(fs, own, [other])).toHaveLength(1);
  expect(besideConflicts(fs, own, [{ ...other, site: path.join(other.site, 'gone') }])).toEqual([]);
  expect(besideConflicts(fs, { ...own, site: null }, [other])).toEqual([]);
});

test('K-05: what others bring is a wish to pip, each once, but for what is locked by now or has no version of PEP 440', () => {
  const pa = plugin({ pa: ['1.0'], common: ['1.0'], locked: ['4'], odd: ['x-y'] });
  const pb = plugin({ pb: ['2.0'], common: ['2.0'] });
  const wishes = besideConstraints([pa, pb], name => name === 'locked');
  expect(Object.fromEntries(wishes)).toEqual({ common: '1.0', pa: '1.0', pb: '2.0' });
});
