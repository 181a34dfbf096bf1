import { setTimeout as pause } from 'node:timers/promises';
import type { ProofContext } from './probe-context.ts';

const shortestMs = 10;
const longestMs = 100;

/**
 * Asks until the answer is yes: every 10 ms at first and every 100 ms later, and at once again at quick pace when the child
 * prints something, which programs do when they begin to listen. Only while the child lives.
 */
export const pollUntil = async (
  { child, signal }: ProofContext,
  ask: () => Promise<boolean>,
): Promise<void> => {
  let wait = shortestMs;
  const detach = child.onOutput(() => {
    wait = shortestMs;
  });
  try {
    while (!signal.aborted && child.running) {
      if (await ask()) return;
      await pause(wait, undefined, { signal, ref: true });
      wait = Math.min(wait * 1.25, longestMs);
    }
  } finally {
    detach();
  }
  throw new Error('the runtime ended before it answered');
};
