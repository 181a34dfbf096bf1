import path from 'node:path';
import pacote from 'pacote';
import type { CheckInput } from '../rows/check.ts';
import { subject, warm } from './subject.ts';

/** The yardstick of a check: the manifest, asked for anew. */
await subject(async ({ name, registry, store, before }: CheckInput) => {
  const options = { registry: `${registry}/`, cache: path.join(store, 'cache'), preferOnline: true };
  for (let checks = 0; checks < before; checks += 1) await pacote.manifest(`${name}@latest`, options);
  await warm();
  const begun = performance.now();
  await pacote.manifest(`${name}@latest`, options);
  return { ms: performance.now() - begun };
});
