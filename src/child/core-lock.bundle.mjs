// Joins what a guarded runtime loads at its start into one file: each module of its own costs it half a millisecond. What is loaded
// when something comes from outside stays apart; what an older Node needs then has its packages in it. Part of the build.
import { rolldown } from 'rolldown';
import { licencesOf } from '../licences.mjs';

const resolve = { extensionAlias: { '.cjs': ['.cts'] } };
const join = async (name, external) => {
  const bundle = await rolldown({ input: `src/child/${name}.cts`, platform: 'node', external, resolve });
  await bundle.write({
    file: `dist/src/child/${name}.cjs`,
    format: 'cjs',
    comments: false,
    banner: ({ moduleIds }) => licencesOf(moduleIds),
  });
  await bundle.close();
};

await join('core-lock-register', /core-lock-(?:engaging|file|workers)\.cjs$|\bmanifest\.cjs$/);
await join('core-lock-required', /^\.\/[\w-]+\.cjs$/);
