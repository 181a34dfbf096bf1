// Joins what a guarded runtime loads at its start into one file: each module of its own costs it half a millisecond. What is loaded
// when something comes from outside stays apart. Part of the build.
import { rolldown } from 'rolldown';

const later = /core-lock-(?:engaging|file)\.cjs$|\bmanifest\.cjs$/;

const bundle = await rolldown({
  input: 'src/child/core-lock-register.cts',
  platform: 'node',
  external: later,
  resolve: { extensionAlias: { '.cjs': ['.cts'] } },
});
await bundle.write({ file: 'dist/src/child/core-lock-register.cjs', format: 'cjs', comments: false });
await bundle.close();
