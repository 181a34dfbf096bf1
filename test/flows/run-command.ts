import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { type Surroundings, startCli } from '../src/cli/command-line.ts';

export type RunEvent = { readonly event: string } & Readonly<Record<string, unknown>>;

/** `stagedoor run --json` as a process of its own. */
export type RunCommand = {
  /** The next event of this name that nobody has waited for yet; rejects with the output if the command ends before. */
  next(name: string): Promise<RunEvent>;
  /** What came on standard error: the runtime's own output, too. */
  stderr(): string;
  /** Asks as a terminal would; resolves with the exit code. */
  stop(): Promise<number | null>;
};

/** Starts it; it is ended with the test in any case. */
export const startRun = (args: readonly string[], surroundings: Surroundings = {}): RunCommand => {
  const child = startCli(['run', '--json', ...args], surroundings);
  const ended = once(child, 'close').then(([code]) => (typeof code === 'number' ? code : null));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  let stderr = '';
  child.stderr.on('data', chunk => {
    stderr += chunk;
  });
  const seen: RunEvent[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', line => {
    seen.push(JSON.parse(line) as RunEvent);
    for (const look of waiting) look();
  });
  const next = (name: string): Promise<RunEvent> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const at = seen.findIndex(({ event }) => event === name);
        const [found] = at < 0 ? [] : seen.splice(at, 1);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
      void ended.then(code => reject(new Error(`run ended with ${code} before ${name}: ${stderr}`)));
    });
  return {
    next,
    stderr: () => stderr,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
};
