import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../support/folder.ts';
import { fakeUv, throughPip } from '../../support/natives/fake-uv.ts';
import { fetchInto, imports, refusal } from '../../support/natives/python-installs.ts';
import {
  compiledWheel,
  fromFolder,
  onlyHere,
  pinOf,
  requestFor,
} from '../../support/natives/python-trees.ts';
import { newest, none } from '../../support/natives/pythons.ts';
import { plain, writeWheel } from '../../support/natives/wheels.ts';

describe.skipIf(none)('N-12: uv where there is one', () => {
  test('N-12: it is asked instead of pip, for this interpreter, with hashes, without dependencies, archives alone', async () => {
    const wheels = temporaryFolder();
    const archive = await compiledWheel(wheels, newest);
    fromFolder(wheels);
    const uv = fakeUv(throughPip(newest.exec));
    const request = await requestFor(newest, [pinOf(archive)]);
    await fetchInto(request);
    const given = uv.given().split('\n');
    expect(given.slice(0, 4)).toEqual(['pip', 'install', '--python', newest.exec]);
    for (const option of ['--require-hashes', '--no-deps', '--only-binary', '--no-index', '--link-mode'])
      expect(given).toContain(option);
    expect(imports(newest.exec, request.tree, 'stagey')).toBe(true);
  });

  test('N-12: it is told the index that only pip knows', async () => {
    onlyHere({ PIP_INDEX_URL: 'http://127.0.0.1:9/simple' });
    const uv = fakeUv('echo "error: No solution found when resolving dependencies" >&2; exit 1');
    const archive = writeWheel(temporaryFolder(), plain('plain'));
    expect(await refusal(await requestFor(newest, [pinOf(archive)]))).toMatchObject({
      code: 'NATIVE_ABI_MISMATCH',
    });
    expect(uv.given()).toContain('INDEX=http://127.0.0.1:9/simple');
  });
});
