import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { makePackage, runtimePackage, writeRuntime } from '#src/testing/index.js';
import { startOnDouble } from '../support/electron/double-process.ts';
import { writeExecutable } from '../support/electron/executable.ts';
import { temporaryFolder } from '../support/folder.ts';

const root = path.resolve(import.meta.dirname, '../..');
const program = path.join(root, 'examples/electron-main/main.ts');

const installed = (): string => {
  const app = temporaryFolder();
  mkdirSync(path.join(app, 'node_modules'));
  symlinkSync(root, path.join(app, 'node_modules/stagedoor'), 'junction');
  writeFileSync(
    path.join(app, 'package.json'),
    JSON.stringify({ name: 'my-app', version: '1.0.0', type: 'module' }),
  );
  writeFileSync(path.join(app, 'index.html'), '<!doctype html><title>My app</title>');
  cpSync(path.join(root, 'dist/examples/electron-main/main.js'), path.join(app, 'main.js'));
  const resources = path.join(app, 'resources');
  writeRuntime(path.join(resources, 'runtime'), runtimePackage({ name: 'my-runtime', version: '1.0.0' }));
  const pty = makePackage({ name: 'node-pty', version: '1.0.0', files: { 'index.js': '' } });
  const native = path.join(resources, 'app.asar.unpacked/node_modules/node-pty');
  mkdirSync(native, { recursive: true });
  writeFileSync(path.join(native, 'package.json'), JSON.stringify(pty.manifest));
  return app;
};

test('the twenty lines of the README for Electron are a file that is compiled, and run as they stand', async () => {
  const source = readFileSync(program, 'utf8');
  expect(source.trim().split('\n').length).toBeLessThanOrEqual(20);
  expect(readFileSync(path.join(root, 'README.md'), 'utf8')).toContain(`\`\`\`ts\n${source}\`\`\``);
  const app = installed();
  const shell = startOnDouble(path.join(app, 'main.js'), {
    userData: path.join(temporaryFolder(), 'user-data'),
    resources: path.join(app, 'resources'),
    appPath: app,
    executable: writeExecutable(temporaryFolder(), 'on'),
  });
  await expect
    .poll(() => shell.output(), { interval: 20, timeout: 20_000 })
    .toContain('the runtime is running');
  await shell.quit();
  expect(await shell.exited).toEqual({ code: 0, signal: null });
});
