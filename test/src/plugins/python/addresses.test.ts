import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { unsolvedFailure } from '#src/plugins/python/unsolved.js';
import { temporaryFolder } from '../../../support/folder.ts';
import { interpreters } from '../../../support/natives/interpreters.ts';
import { pythonIndex } from '../../../support/natives/python-index.ts';
import { lockWith, pythonSteps, wheel, wish } from '../../../support/natives/python-plugins.ts';
import { fromFolder, onlyHere } from '../../../support/natives/python-trees.ts';
import { hasModule } from '../../../support/natives/pythons.ts';

const able = interpreters()
  .filter(one => /^3\.(?:[89]|1\d)\./.test(one.version) && hasModule(one, 'pip'))
  .toSorted((a, b) => a.version.localeCompare(b.version, 'en', { numeric: true }));
/** The oldest and the newest. */
const pythons = able.filter((_, index) => index === 0 || index === able.length - 1);
if (able.length === 0) console.log('skipped: addresses, because no Python of at least 3.8 with pip is here');

const lock = lockWith({ core: ['2.0', 'core'] });

let wheels: string;
beforeEach(() => {
  wheels = temporaryFolder();
  fromFolder(wheels);
});

/** A host that only packages name, and the user's password for it. */
const elsewhere = async () => {
  const folder = temporaryFolder();
  const given: (string | undefined)[] = [];
  const { url, asked } = await pythonIndex(folder, {
    mischief: (_, __, authorization) => {
      given.push(authorization);
      return false;
    },
  });
  wheel(folder, 'leaf', '1.0');
  wheel(folder, 'core', '2.0');
  const netrc = path.join(temporaryFolder(), 'netrc');
  writeFileSync(netrc, 'machine 127.0.0.1 login user password geheim\n', { mode: 0o600 });
  vi.stubEnv('NETRC', netrc);
  return { at: url.replace('/simple', '/files'), asked, given };
};

/** The wheel, and its metadata beside it as an index announces it. */
const announced = (name: string, needs: readonly string[]): void => {
  const { file } = wheel(wheels, name, '1.0', { needs });
  const lines = ['Metadata-Version: 2.1', `Name: ${name}`, 'Version: 1.0'];
  const text = [...lines, ...needs.map(need => `Requires-Dist: ${need}`)].join('\n');
  writeFileSync(`${file}.metadata`, `${text}\n`);
};

describe.each(pythons)('addresses in what a plugin needs, Python $version', ({ exec }) => {
  const { resolve, compare } = pythonSteps(exec);

  test('K-05: a package by an address is refused with who asks for it, and the address is never asked', async () => {
    const { at, asked } = await elsewhere();
    const refused = async (name: string, address: string, from = name): Promise<void> => {
      const chain = [...new Set([name, from])].map(one => `${one}@1.0`);
      expect((await compare(wish(name), lock)).conflicts).toEqual([
        { as: 'leaf', name: 'leaf', range: `@ ${address}`, chain, reason: 'address', locked: null },
      ]);
    };
    const address = `${at}/leaf-1.0-py3-none-any.whl`;
    wheel(wheels, 'direct', '1.0', { needs: [`leaf @ ${address}`] });
    await refused('direct', address);
    wheel(wheels, 'deep', '1.0', { needs: ['direct[fast]'] });
    await refused('deep', address, 'direct');
    wheel(wheels, 'extra', '1.0', { needs: [`leaf[x]@ ${at}/admin?token=1`] });
    await refused('extra', `${at}/admin?token=[redacted]`);
    wheel(wheels, 'source', '1.0', { needs: [`leaf @ ${at}/leaf-1.0.tar.gz`] });
    await refused('source', `${at}/leaf-1.0.tar.gz`);
    wheel(wheels, 'clone', '1.0', { needs: [`leaf @ git+${at}/leaf.git`] });
    await refused('clone', `git+${at}/leaf.git`);
    // The index has it, too.
    wheel(wheels, 'leaf', '1.0');
    await refused('direct', address);
    expect(asked).toEqual([]);
  });

  test('K-05: neither is it where the index announces the metadata, nor where the package is locked', async () => {
    const { at, asked, given } = await elsewhere();
    announced('early', [`leaf @ ${at}/leaf-1.0-py3-none-any.whl`]);
    announced('locked', [`core @ ${at}/core-2.0-py3-none-any.whl`]);
    const { url } = await pythonIndex(wheels);
    onlyHere({ PIP_INDEX_URL: url });
    expect((await compare(wish('early'), lock)).conflicts).toMatchObject([
      { name: 'leaf', reason: 'address' },
    ]);
    const range = `@ ${at}/core-2.0-py3-none-any.whl`;
    expect((await compare(wish('locked'), lock)).conflicts).toEqual([
      { as: 'core', name: 'core', range, chain: ['locked@1.0'], reason: 'address', locked: '2.0' },
    ]);
    expect([asked, given]).toEqual([[], []]);
  });

  test('K-05: an older version that does without the address is found, and one that is not meant for here does not count', async () => {
    const { at, asked } = await elsewhere();
    wheel(wheels, 'chart', '2.0', { needs: [`leaf @ ${at}/leaf-1.0-py3-none-any.whl`] });
    wheel(wheels, 'chart', '1.0', { needs: [`leaf @ ${at}/x.whl ; python_version < "3"`] });
    expect(await resolve(wish('chart'), lock)).toMatchObject({ version: '1.0' });
    expect(asked).toEqual([]);
  });

  test('K-05, P-24: nothing that steers a terminal, and no password, comes out of the metadata', async () => {
    wheel(wheels, 'esc', '1.0', {
      needs: ['core @ http://user:geheim@127.0.0.1:9/\u001b[31mEVIL\u0007\u009b31m'],
    });
    const { conflicts } = await compare(wish('esc'), lock);
    expect(conflicts).toMatchObject([{ name: 'core', locked: '2.0' }]);
    expect(conflicts[0]?.range).toMatch(/^@ http:\/\/127\.0\.0\.1:9\/ \[31mEVIL/);
    expect(conflicts[0]?.range).not.toMatch(/\p{Cc}/u);
  });
});

test('K-05: what pip itself refuses of its own index is told as an address, too', () => {
  const output =
    'ERROR: Packages installed from PyPI cannot depend on packages which are not also hosted on PyPI.';
  expect(unsolvedFailure(output)).toMatchObject({
    code: 'PACKAGE_INVALID',
    message: 'something is needed by an address in place of the index',
  });
});
