import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';

/** What a program of `test/fixtures/kills` says of itself, a JSON object a line. */
export type Line = Readonly<Record<string, unknown>>;
export type Said = { readonly line: Line; readonly atMs: number };
export type Ending = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** A process that is there to be killed. */
export type Victim = {
  readonly pid: number;
  /** Everything it has said so far, with the time since its spawn. */
  readonly said: readonly Said[];
  readonly stderr: () => string;
  readonly ended: Promise<Ending>;
  /** The first line that fits, said or to be said; null if it ends before. */
  readonly says: (fits: (line: Line) => boolean) => Promise<Said | null>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Ends it for certain; tells whether that was what ended it. */
  readonly kill: () => Promise<boolean>;
};

const program = (name: string): string =>
  fileURLToPath(new URL(`../../../dist/test/fixtures/kills/${name}.js`, import.meta.url));

/** Nothing of the test runner, nor what only slows each Node down. */
export const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^(STAGEDOOR_|VITEST|NODE_|npm_|FORCE_COLOR)/.test(key)),
  );

const living = new Set<ChildProcess>();
afterEach(async () => {
  const ends = [...living].map(child => once(child, 'close'));
  for (const child of living) child.kill('SIGKILL');
  await Promise.all(ends);
});

type Start = { readonly wrapper?: readonly string[]; readonly env?: Readonly<Record<string, string>> };

const begin = (name: string, input: unknown, { wrapper = [], env }: Start): ChildProcess => {
  const [command = process.execPath, ...args] = [
    ...wrapper,
    process.execPath,
    program(name),
    JSON.stringify(input),
  ];
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...cleanEnvironment(), ...env },
  });
  living.add(child);
  child.once('close', () => living.delete(child));
  return child;
};

/** Starts a program; `wrapper` is what it is run under (strace). It is ended with the test in any case. */
export const startVictim = (name: string, input: unknown, start: Start = {}): Victim => {
  const spawnedAt = performance.now();
  const child = begin(name, input, start);
  const said: Said[] = [];
  const waiting = new Set<() => void>();
  let stderr = '';
  child.stderr?.on('data', chunk => {
    stderr += chunk;
  });
  const ended = once(child, 'close').then(
    ([code, signal]): Ending => ({ code: code ?? null, signal: signal ?? null }),
  );
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', text => {
      said.push({ line: JSON.parse(text) as Line, atMs: performance.now() - spawnedAt });
      for (const look of [...waiting]) look();
    });
  }
  return {
    pid: child.pid ?? 0,
    said,
    stderr: () => stderr,
    ended,
    says: fits =>
      new Promise(resolve => {
        const look = (): void => {
          const found = said.find(({ line }) => fits(line));
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
        void ended.then(() => resolve(said.find(({ line }) => fits(line)) ?? null));
      }),
    signal: signal => void child.kill(signal),
    kill: async () => {
      child.kill('SIGKILL');
      return (await ended).signal === 'SIGKILL';
    },
  };
};
