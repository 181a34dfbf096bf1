import { type ProofContext, whenOver } from './probe-context.ts';

/** Ready when standard output, from its beginning and bounded to the last 64 KiB, matches. `^` and `$` mean lines. */
export const provenByStdout = (pattern: string, { child, signal }: ProofContext): Promise<void> =>
  new Promise(resolve => {
    const expression = new RegExp(pattern, 'm');
    const look = (): void => {
      if (!signal.aborted && expression.test(child.tail('stdout'))) resolve();
    };
    const detach = child.onOutput(stream => {
      if (stream === 'stdout') look();
    });
    whenOver(signal, detach);
    look();
  });
