import { onTestFinished } from 'vitest';
import { type LoopbackRegistry, startRegistry } from '#src/testing/index.js';

/** A registry for one test; it is closed when the test has ended. */
export const registryForTest = async (): Promise<LoopbackRegistry> => {
  const registry = await startRegistry();
  onTestFinished(() => registry.close());
  return registry;
};
