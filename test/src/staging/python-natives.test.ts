import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createStagedoor } from '#src/create-stagedoor.js';
import { makePackage, startRegistry } from '#src/testing/index.js';
import { temporaryFolder } from '../../support/folder.ts';
import { interpreters } from '../../support/natives/interpreters.ts';

const [python] = interpreters();
if (python === undefined)
  console.log('skipped: updates of a Python runtime, because there is no Python here');

const source = (version: string) => ({
  name: 'py-runtime',
  version,
  files: { 'main.py': 'import pure\n' },
  manifest: { main: 'main.py' },
});

describe.skipIf(python === undefined)('a runtime in Python', () => {
  test('N-12: an update is staged although its natives are no npm packages; those of the bundle that fit are used at each launch', async () => {
    const registry = await startRegistry();
    onTestFinished(() => registry.close());
    registry.publish(makePackage(source('1.0.0')));
    registry.publish(makePackage(source('1.1.0')));
    const folder = temporaryFolder();
    const dir = path.join(folder, 'bundled', 'site-packages', 'pure');
    mkdirSync(dir, { recursive: true });
    writeFileSync(path.join(dir, '__init__.py'), '');
    writeFileSync(path.join(folder, 'bundled', 'main.py'), 'import pure\n');
    writeFileSync(
      path.join(folder, 'bundled', 'package.json'),
      JSON.stringify({ name: 'py-runtime', version: '1.0.0', main: 'main.py' }),
    );
    const stagedoor = createStagedoor({
      package: 'py-runtime',
      registry: registry.url,
      store: path.join(folder, 'store'),
      bundled: path.join(folder, 'bundled'),
      exec: python?.exec ?? '',
      natives: [{ name: 'pure', dir }],
    });
    onTestFinished(() => stagedoor.stop());
    expect(await stagedoor.update()).toMatchObject({ outcome: 'staged', version: '1.1.0' });
    expect(await stagedoor.check()).toMatchObject({ outcome: 'already-staged' });
  });
});
