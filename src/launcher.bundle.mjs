// Joins `stagedoor/launcher` with all it needs to launch into one file: a module costs more to find than to read, and the start of
// an app pays for it every time. Part of the build.
import { rmSync } from 'node:fs';
import { rolldown } from 'rolldown';
import { licencesOf } from './licences.mjs';

/** As a module, `process` makes each of its properties first, standard streams and all: several milliseconds for what is there. */
const globalProcess = {
  name: 'global-process',
  resolveId: id => (id === 'node:process' ? '\0process' : null),
  load: id => (id === '\0process' ? 'export default globalThis.process;' : null),
};

const bundle = await rolldown({
  input: 'dist/src/launcher.js',
  platform: 'node',
  plugins: [globalProcess],
  // What both files need stays in the first: one more file would cost what it saves.
  preserveEntrySignatures: 'allow-extension',
});
// What most launches never need is a file of its own below `launcher/`, and loaded only where it is asked for.
rmSync('dist/launcher', { recursive: true, force: true });
await bundle.write({
  dir: 'dist',
  entryFileNames: 'launcher.js',
  chunkFileNames: 'launcher/[name].js',
  format: 'esm',
  minify: true,
  banner: ({ moduleIds }) => licencesOf(moduleIds),
});
await bundle.close();
