import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { blameByCode } from '#machines/failure.js';
import { makePackage, runtimePackage, writeRuntime } from '#src/testing/index.js';
import { temporaryFolder } from '../support/folder.ts';

const root = path.resolve(import.meta.dirname, '../..');
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
const run = (file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): string =>
  execFileSync(file, args, { cwd: root, encoding: 'utf8', env: { ...process.env, ...env } });

test('P-39: the README explains every error code, and no other', () => {
  const section = readme.slice(readme.indexOf('## Error codes'), readme.indexOf('## Limits'));
  const told = [...section.matchAll(/^\|([^|]+)\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([A-Z_]+)`/g)].map(([, code]) => code),
  );
  expect(new Set(told)).toEqual(new Set(Object.keys(blameByCode)));
});

test('the README names every command and every option of the command line', () => {
  const help = run(process.execPath, ['dist/src/cli/main.js', '--help']);
  const commands = [...help.slice(help.indexOf('Commands:')).matchAll(/^ {2}([a-z]+)/gm)].map(
    ([, name]) => name,
  );
  expect(commands).toHaveLength(19);
  for (const name of commands) expect(readme).toMatch(new RegExp(`\`${name}[ \`]`));
  const options = [...help.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, name]) => name ?? '');
  for (const name of options.filter(option => !['--version', '--help'].includes(option))) {
    expect(readme).toContain(`\`${name}`);
  }
});

test('the twenty lines of the README run as they stand', () => {
  const [, use = ''] = /## Use\n\n```js\n([\s\S]+?)```/.exec(readme) ?? [];
  expect(use.trim().split('\n').length).toBeLessThanOrEqual(20);
  const folder = temporaryFolder();
  const bundled = path.join(folder, 'runtime');
  writeRuntime(bundled, runtimePackage({ name: 'my-runtime', version: '1.0.0' }));
  const pty = makePackage({ name: 'node-pty', version: '1.0.0', files: { 'index.js': '' } });
  mkdirSync(path.join(bundled, 'node_modules/node-pty'), { recursive: true });
  writeFileSync(path.join(bundled, 'node_modules/node-pty/package.json'), JSON.stringify(pty.manifest));
  // Inside the package, so that `stagedoor` is the package itself.
  const place = mkdtempSync(path.join(root, 'dist/readme-'));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  const program = path.join(place, 'use.mjs');
  writeFileSync(program, use.replace('/opt/my-app/resources/runtime', bundled.replaceAll('\\', '/')));
  const said = run(process.execPath, [program], { XDG_DATA_HOME: folder, APPDATA: folder, HOME: folder });
  expect(said).toMatch(/^1\.0\.0 runs as \d+\n$/);
});
