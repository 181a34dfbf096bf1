import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../support/folder.ts';
import { fakeUv, throughPip } from '../../support/natives/fake-uv.ts';
import { refusal } from '../../support/natives/python-installs.ts';
import { fromFolder, pinOf, requestFor } from '../../support/natives/python-trees.ts';
import { newest, none } from '../../support/natives/pythons.ts';
import { plain, writeWheel } from '../../support/natives/wheels.ts';

describe.skipIf(none)('P-20: what an installer must not leave', () => {
  test.each([
    ['ln -s /etc/passwd "$target/link.py"', 'PACKAGE_UNSAFE'],
    ['mkfifo "$target/pipe.py"', 'PACKAGE_UNSAFE'],
    ['ln "$target/plain.py" "$target/second.py"', 'PACKAGE_UNSAFE'],
    ['rm -r "$target"/*', 'PACKAGE_INVALID'],
    ['echo "No space left on device (os error 28)" >&2; false', 'DISK_FULL'],
  ])('P-20: an installer that does %j is refused with %s', async (work, failure) => {
    const wheels = temporaryFolder();
    const archive = writeWheel(wheels, plain('plain'));
    fromFolder(wheels);
    fakeUv(`${throughPip(newest.exec).replace('exec ', '')} && ${work}`);
    expect(await refusal(await requestFor(newest, [pinOf(archive)]))).toMatchObject({ code: failure });
  });
});
