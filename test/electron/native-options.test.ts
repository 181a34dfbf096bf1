import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { attach, install } from '../support/electron/attached.ts';

test('N-04, N-06: what may be installed, and the mode, go on to the launch, also where the natives are unpacked', async () => {
  const shell = await install();
  const pins = (hash: string) => ({ natives: [{ name: 'pty', install: { 'pty@1.0.0': hash } }] });
  const wrong = /option "natives" must be pinned by sha512-… \(npm\) or sha256:… \(Python\)/;
  expect(() => attach(shell, pins('md5-x'))).toThrow(wrong);
  mkdirSync(path.join(shell.resources, 'app.asar.unpacked/node_modules/pty'), { recursive: true });
  expect(() => attach(shell, pins('md5-x'))).toThrow(wrong);
  expect(() => attach(shell, { nativesMode: 'never' })).toThrow(
    'option "nativesMode" must be "auto" or "skip", got "never"',
  );
  const { stagedoor } = attach(shell, { ...pins(`sha512-${'A'.repeat(86)}==`), nativesMode: 'Skip' });
  expect(stagedoor.uiState().tags).toEqual([]);
});
