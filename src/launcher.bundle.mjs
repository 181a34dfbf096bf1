// Joins `stagedoor/launcher` with all it needs into one file: a module costs more to find than to read, and the start of
// an app pays for it every time. Part of the build.
import { readdirSync, readFileSync } from 'node:fs';
import { rolldown } from 'rolldown';

const bundled = ['xstate', 'semver', 'env-paths', 'is-safe-filename'];

const licenceOf = name => {
  const folder = new URL(`../node_modules/${name}/`, import.meta.url);
  const file = readdirSync(folder).find(entry => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no licence file`);
  return `${name}\n\n${readFileSync(new URL(file, folder), 'utf8').trim()}`;
};

const bundle = await rolldown({ input: 'dist/src/launcher.js', platform: 'node' });
await bundle.write({
  file: 'dist/launcher.js',
  format: 'esm',
  codeSplitting: false,
  minify: true,
  banner: `/*! This file contains:\n\n${bundled.map(licenceOf).join('\n\n')}\n*/`,
});
await bundle.close();
