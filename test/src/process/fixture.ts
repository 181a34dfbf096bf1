import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { isAlive } from '#src/process/identity.js';
import type { RuntimeProcess, SpawnSpec } from '#src/process/runtime-process.js';
import { spawnRuntime } from '#src/process/spawn.js';

/** The path of a fixture program. */
export const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/process/${name}.mjs`, import.meta.url));

/** Starts a fixture program as a runtime; whatever is left of it when the test has ended is killed. */
export const startFixture = (
  name: string,
  args: readonly string[] = [],
  spec: Partial<SpawnSpec> = {},
): RuntimeProcess => {
  const child = spawnRuntime({
    exec: process.execPath,
    entry: fixture(name),
    args,
    env: {},
    deadlines: { askMs: 0, graceMs: 0, killMs: 5000 },
    ...spec,
  });
  onTestFinished(async () => {
    await child.stop();
  });
  return child;
};

/** Resolves when standard output matches. */
export const untilPrinted = (child: RuntimeProcess, pattern: RegExp): Promise<RegExpExecArray> =>
  new Promise((resolve, reject) => {
    const look = (): void => {
      const found = pattern.exec(child.tail('stdout'));
      if (found !== null) resolve(found);
    };
    child.onOutput(look);
    child.exited.then(() => reject(new Error(`ended without ${pattern}: ${child.tail()}`)), reject);
    look();
  });

/** Resolves to the first message that passes. */
export const untilTold = (child: RuntimeProcess, passes: (message: unknown) => boolean): Promise<unknown> =>
  new Promise(resolve => {
    child.onMessage(message => {
      if (passes(message)) resolve(message);
    });
  });

/** Kills what a test could leave behind, by identity. */
export const killAtEnd = (tokens: readonly string[]): void => {
  onTestFinished(() => {
    for (const token of tokens) if (isAlive(token)) process.kill(Number(token.split('-')[0]), 'SIGKILL');
  });
};

/** Has it settled after what was under way has had its turns of the event loop? */
export const isSettled = async (result: Promise<unknown>): Promise<boolean> => {
  for (let turn = 0; turn < 3; turn += 1) await new Promise(resolve => setImmediate(resolve));
  return (await Promise.race([result, Promise.resolve('open')])) !== 'open';
};
