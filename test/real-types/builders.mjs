// Holds the shapes of our own in src/builders/*-contract.ts against the types of the real builders: `npm run check:builders`.
// Asks the registry for their tarballs alone, because what they depend on would double what a development needs.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { extract } from 'tar';

const packages = [
  'app-builder-lib@26.17.0',
  'builder-util@26.16.0',
  'builder-util-runtime@9.7.0',
  '@electron-forge/shared-types@8.0.1',
  '@electron/packager@20.3.0',
];
const project = path.resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'real-types-'));
const within = (...names) => path.join(folder, ...names);

/** Exact versions: a change that is not ours must not turn this red. Raise them to see what has changed. */
const fetch = wanted => {
  const options = { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32' };
  const [{ filename, name, version }] = JSON.parse(execFileSync('npm', ['pack', '--json', wanted], options));
  const target = within('node_modules', ...name.split('/'));
  mkdirSync(target, { recursive: true });
  extract({ file: within(filename), cwd: target, strip: 1, sync: true });
  return `${name} ${version}`;
};

try {
  console.log(packages.map(fetch).join(', '));
  symlinkSync(project, within('node_modules', 'stagedoor'), 'junction');
  symlinkSync(path.join(project, 'node_modules', '@types'), within('node_modules', '@types'), 'junction');
  copyFileSync(path.join(import.meta.dirname, 'builders.ts'), within('builders.ts'));
  writeFileSync(within('package.json'), '{"type":"module"}');
  const compilerOptions = {
    ...{ module: 'nodenext', target: 'es2023', strict: true, noEmit: true, skipLibCheck: true },
    types: ['node'],
  };
  writeFileSync(within('tsconfig.json'), JSON.stringify({ compilerOptions, files: ['builders.ts'] }));
  const compiler = path.join(
    path.dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
    'bin/tsc',
  );
  execFileSync(process.execPath, [compiler, '-p', folder], { stdio: 'inherit' });
  console.log("the builders' types agree with ours");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
