// Makes dist/ of src/: the main process in one file and the page in another. Needs no Electron. What the app depends on stays
// a package of its own: workers and preload are files of theirs.
import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { build } from 'rolldown';

const { values } = parseArgs({ options: { out: { type: 'string', default: 'dist' } } });
const place = name => path.join(import.meta.dirname, name);
const out = path.resolve(values.out);

await rm(out, { recursive: true, force: true });
await build({
  input: place('src/main.ts'),
  platform: 'node',
  tsconfig: false,
  external: ['electron', 'electron-updater', /^stagedoor(?:\/|$)/],
  output: { file: path.join(out, 'main.js'), format: 'esm', codeSplitting: false },
});
await build({
  input: place('src/page/page.ts'),
  platform: 'browser',
  tsconfig: false,
  output: { file: path.join(out, 'page', 'page.js'), format: 'esm', codeSplitting: false },
});
for (const name of ['index.html', 'page.css'])
  await cp(place(`src/page/${name}`), path.join(out, 'page', name));
process.stdout.write(`${path.relative(process.cwd(), out) || '.'} is made\n`);
