// Joins the preload into one CommonJS file: a sandboxed preload can't require files, and of packages only `electron`.
// Part of the build.
import { copyFileSync, readFileSync } from 'node:fs';
import { rolldown } from 'rolldown';

const licence = readFileSync(
  new URL('../../node_modules/valibot/LICENSE.md', import.meta.url),
  'utf8',
).trim();

const bundle = await rolldown({
  input: 'dist/src/renderer/preload/main.js',
  platform: 'browser',
  external: ['electron'],
});
const { output } = await bundle.write({
  file: 'dist/preload.cjs',
  format: 'cjs',
  codeSplitting: false,
  banner: `/*! This file contains:\n\nvalibot\n\n${licence}\n*/`,
});
await bundle.close();
const [{ imports }] = output;
if (output.length !== 1 || imports.some(name => name !== 'electron'))
  throw new Error(`the preload must be one file that requires electron alone, got ${imports.join(', ')}`);
copyFileSync(new URL('preload/published.d.cts', import.meta.url), 'dist/preload.d.cts');
