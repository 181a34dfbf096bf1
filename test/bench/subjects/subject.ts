import { once } from 'node:events';
import type { Figures, FromSubject } from '../subject-process.ts';

const send = (message: FromSubject): Promise<void> =>
  new Promise(resolve => {
    process.send?.(message, undefined, undefined, () => resolve());
  });

/** Tells that everything is warm and waits until it may go on. */
export const warm = async (): Promise<void> => {
  const go = once(process, 'message');
  await send({ kind: 'warm' });
  await go;
};

/** Runs the work of this process with the input it was given, tells its figures and ends. */
export const subject = async <Input>(work: (input: Input) => Promise<Figures>): Promise<void> => {
  try {
    // The bench that started this process wrote the input for this very subject.
    const figures = await work(JSON.parse(process.argv[2] ?? 'null') as Input);
    await send({ kind: 'done', figures });
    process.exit(0);
  } catch (error) {
    await send({
      kind: 'failed',
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    process.exit(1);
  }
};

/** Peak of this process, worker threads included. */
export const peakMegabytes = (): number => process.resourceUsage().maxRSS / 1024;

/** Watches how long the event loop of this thread stands still: the longest gap of a timer of one millisecond. */
export const watchLoop = (): { stop: () => number } => {
  let last = performance.now();
  let longest = 0;
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last - 1);
    last = now;
  };
  const timer = setInterval(look, 1);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return longest;
    },
  };
};
