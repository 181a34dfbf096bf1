import type { ImportInput } from '../rows/import.ts';
import { subject } from './subject.ts';

/** Imports one module in a process that has loaded nothing else of weight. */
await subject(async ({ specifier }: ImportInput) => {
  const begun = performance.now();
  await import(specifier);
  return { ms: performance.now() - begun };
});
