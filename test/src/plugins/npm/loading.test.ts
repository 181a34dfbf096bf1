import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const provider = new URL('../../../../dist/src/plugins/npm/provider.js', import.meta.url);
const program = fileURLToPath(new URL('../../../../dist/src/cli/main.js', import.meta.url));

/** Tells at the end which of what is heavy was loaded. */
const telling = `data:text/javascript,${encodeURIComponent(`
  import { createRequire } from 'node:module';
  const { cache } = createRequire(${JSON.stringify(program)});
  process.on('exit', () => {
    const files = Object.keys(cache).map(file => file.replaceAll('\\\\', '/'));
    const names = files.map(file => /.*node_modules\\/((?:@[^/]+\\/)?[^/]+)\\//.exec(file)?.[1]);
    process.stdout.write('\\n' + JSON.stringify([...new Set(names)]));
  });`)}`;

const loadedBy = async (...args: readonly string[]): Promise<readonly string[]> => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', telling, ...args]);
  return JSON.parse(stdout.slice(stdout.lastIndexOf('\n') + 1));
};

const heavy = ['@npmcli/arborist', 'pacote', 'npm-registry-fetch', 'cacache'];

test("P-40: npm's resolver is loaded by the first question alone, not with what asks it, and not by the command line", async () => {
  const code = `await import(${JSON.stringify(provider.href)});`;
  const [asking, asked, command] = await Promise.all([
    loadedBy('--input-type=module', '-e', code),
    loadedBy('--input-type=module', '-e', `${code} await import('@npmcli/arborist');`),
    loadedBy(program, '--help'),
  ]);
  expect(asked).toEqual(expect.arrayContaining(heavy));
  expect(asking.filter(name => heavy.includes(name))).toEqual([]);
  expect(command.filter(name => [...heavy, 'npm-package-arg'].includes(name))).toEqual([]);
});
