import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { spawnUtility } from '#src/electron/utility-runtime.js';
import { newDouble } from '../support/electron/shell-facts.ts';
import { forksOf } from '../support/electron/utility.ts';
import { temporaryFolder } from '../support/folder.ts';

const child = (name: string): string =>
  fileURLToPath(new URL(`../../dist/src/child/${name}.cjs`, import.meta.url));

const entryText = `
import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
const found = [(await import('part')).default, createRequire(import.meta.url)('part')];
if (process.argv[2] === 'forked') {
  process.send(found, () => process.disconnect());
} else {
  // What stands before is the double's own.
  const execArgv = process.execArgv.slice(process.execArgv.indexOf('--require'));
  fork(fileURLToPath(import.meta.url), ['forked'], { execArgv }).once('message', forked => {
    const { STAGEDOOR_PRELOADS: preloads = null, STAGEDOOR_IDENTITY: identity = null } = process.env;
    process.stdout.write(JSON.stringify({ found, forked, preloads, identity }), () => process.exit());
  });
}
`;

test('N-08: a utility process is led, too, and says who it is, though it is given no options', async () => {
  const folder = temporaryFolder();
  for (const [dir, mark] of [
    ['node_modules/part', 'own'],
    ['beside/part', 'beside'],
  ] as const) {
    mkdirSync(path.join(folder, dir), { recursive: true });
    writeFileSync(path.join(folder, dir, 'package.json'), '{ "name": "part", "main": "part.js" }');
    writeFileSync(path.join(folder, dir, 'part.js'), `module.exports = '${mark}';`);
  }
  const entry = path.join(folder, 'entry.mjs');
  writeFileSync(entry, entryText);
  const identity = path.join(folder, 'identity');
  const runtime = await spawnUtility(forksOf(newDouble()))({
    exec: process.execPath,
    execArgv: ['--require', child('natives'), '--require', child('identity')],
    entry,
    args: [],
    env: {
      STAGEDOOR_NATIVE_DIRS: JSON.stringify({ part: path.join(folder, 'beside/part') }),
      STAGEDOOR_IDENTITY: identity,
    },
  });
  await runtime.exited;
  const both = ['beside', 'beside'];
  expect(JSON.parse(runtime.tail('stdout'))).toEqual({
    found: both,
    forked: both,
    preloads: null,
    identity: null,
  });
  expect(existsSync(identity)).toBe(true);
});
