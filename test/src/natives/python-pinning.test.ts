import { describe, expect, test } from 'vitest';
import { pinPython } from '#src/natives/python-pinning.js';
import { hashes, offered } from '../../support/natives/python-offers.ts';
import { fromFolder } from '../../support/natives/python-trees.ts';
import { pipEnds } from '../../support/natives/pythons.ts';

const exec = pipEnds.at(-1)?.exec ?? '';
if (exec === '') console.log('skipped: pins of Python packages, because no Python with pip is found here');

describe.skipIf(exec === '')('N-12: pins of a Python package', () => {
  test('N-12: with a source only where it may be built', async () => {
    const all = offered();
    fromFolder(all.folder);
    const pins = await pinPython('top==1.0', { exec, build: true });
    expect(pins['top@1.0']).toBe(hashes([...all.top, all.source]));
  });
});
