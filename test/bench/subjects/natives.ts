import { createLaunchEffects } from '#src/launching/effects.js';
import { launchNatives } from '#src/launching/natives.js';
import { launchSetup } from '#src/launching/setup.js';
import { createFitMemory } from '#src/natives/fit-memory.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import type { NativesInput } from '../rows/natives.ts';
import { subject } from './subject.ts';

/** The question whether the natives fit, where a launch puts it: after it has decided what to start. */
await subject(async ({ bundled, store, memory }: NativesInput) => {
  const setup = launchSetup({ package: 'runtime', bundled, store, natives: [{ name: 'native' }] });
  const fits = createFitMemory(nodeFileSystem, memory);
  const match = launchNatives(setup, { memory: fits });
  const candidate = { role: 'bundled', version: '1.0.0', tree: null, firstStart: false } as const;
  const journal = { append: () => undefined, lost: () => 0 };
  await createLaunchEffects(setup, journal, {}, match).resolve({ exclude: [] });
  // In a launch the chart's actor brings its own, whatever it asks.
  const { signal } = new AbortController();
  const begun = performance.now();
  const outcome = await match({ candidate }, signal);
  const ms = performance.now() - begun;
  if (outcome.kind !== 'matched') throw new Error(`it is ${outcome.kind}`);
  await fits.idle();
  return { ms };
});
