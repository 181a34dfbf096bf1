import { describe, expect, test } from 'vitest';
import { pinPython } from '#src/natives/python-pinning.js';
import { hashes, offered } from '../../support/natives/python-offers.ts';
import { fromFolder } from '../../support/natives/python-trees.ts';
import { newest, none } from '../../support/natives/pythons.ts';

const { exec } = newest;

describe.skipIf(none)('N-12: pins of a Python package', () => {
  test('N-12: with a source only where it may be built', async () => {
    const all = offered();
    fromFolder(all.folder);
    const pins = await pinPython('top==1.0', { exec, build: true });
    expect(pins['top@1.0']).toBe(hashes([...all.top, all.source]));
  });
});
