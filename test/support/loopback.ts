import { once } from 'node:events';
import { createServer } from 'node:net';
import { onTestFinished } from 'vitest';
import { type LoopbackRegistry, startRegistry } from '#src/testing/index.js';

/** A registry for one test; it is closed when the test has ended. */
export const registryForTest = async (): Promise<LoopbackRegistry> => {
  const registry = await startRegistry();
  onTestFinished(() => registry.close());
  return registry;
};

/** A port on loopback that nobody listens on. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise(closed => server.close(closed));
  return typeof address === 'object' && address !== null ? address.port : 0;
};
