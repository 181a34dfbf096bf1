import { expect, onTestFinished, test, vi } from 'vitest';
import type { RuntimeProcess } from '#src/process/runtime-process.js';
import { newDouble } from '../../support/electron/shell-facts.ts';
import { around, forksOf, readingLate, startUtility } from '../../support/electron/utility.ts';

/** All that is heard of one stream. */
const heardOf = (child: RuntimeProcess, name: 'stdout' | 'stderr'): (() => string) => {
  const chunks: Buffer[] = [];
  child.onOutput((stream, chunk) => {
    if (stream === name) chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString();
};

test('L-04: the last words of a utility process are heard, though its end is told before they have come', async () => {
  const child = startUtility(
    `process.stdout.write('out ');
    process.stderr.write('Error: listen EADDRINUSE: address already in use 127.0.0.1:1\\n');
    process.exit(3);`,
    { forks: readingLate(forksOf(newDouble())) },
  );
  const [out, err] = [heardOf(child, 'stdout'), heardOf(child, 'stderr')];
  const exit = await child.exited;
  expect(exit).toMatchObject({ code: 3, signal: null, environment: 'EADDRINUSE' });
  expect(exit.tail).toContain('address already in use');
  expect([out(), err()]).toEqual(['out ', 'Error: listen EADDRINUSE: address already in use 127.0.0.1:1\n']);
  expect(child.tail('stdout')).toBe('out ');
});

test('L-04: last words that are more than a pipe holds are heard to the end, each once and in their order', async () => {
  const lines = 20_000;
  const child = startUtility(
    `for (let line = 0; line < ${lines}; line += 1) process.stderr.write('at line ' + line + '\\n');
    process.stderr.write('no space left on device\\n');
    process.exitCode = 4;`,
  );
  const err = heardOf(child, 'stderr');
  expect(await child.exited).toMatchObject({ code: 4, environment: 'ENOSPC' });
  const wanted = Array.from({ length: lines }, (_, line) => `at line ${line}\n`).join('');
  expect(err() === `${wanted}no space left on device\n`).toBe(true);
});

test('L-04: what is more than one read gives and waits in the pipe at the end is heard, and the exit waits for it', async () => {
  const bytes = 150_000;
  const child = startUtility(
    `import { writeSync } from 'node:fs';
    writeSync(2, 'x'.repeat(${bytes}) + ' EMFILE');
    process.exit(5);`,
    { forks: readingLate(forksOf(newDouble())) },
  );
  const err = heardOf(child, 'stderr');
  expect(await child.exited).toMatchObject({ code: 5, environment: 'EMFILE' });
  expect(err().length).toBe(bytes + ' EMFILE'.length);
});

test('L-04: the exit of a utility process is told when its pipes have closed, without a wait', async () => {
  // What is waited for where a grandchild holds them open never comes.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const child = startUtility("process.stdout.write('bye');", { forks: readingLate(forksOf(newDouble())) });
  expect(await child.exited).toMatchObject({ code: 0, tail: 'bye' });
});

test('a fatal error of V8 in a utility process is its end, and no exception of the shell', async () => {
  const thrown: unknown[] = [];
  const note = (error: unknown): void => void thrown.push(error);
  process.on('uncaughtException', note);
  onTestFinished(() => void process.off('uncaughtException', note));
  const told: unknown[] = [];
  const child = startUtility('const kept = []; for (;;) kept.push(new Array(1e5).fill(kept.length));', {
    forks: around(forksOf(newDouble()), (fork, file, args, options) => {
      const forked = fork(file, args, { ...options, execArgv: ['--max-old-space-size=16'] });
      // In place of a listener, which would be one that hears it.
      const { emit } = forked;
      forked.emit = (name: string | symbol, ...payload: unknown[]) => {
        if (name === 'error') told.push(payload[0]);
        return emit.call(forked, name, ...payload);
      };
      return forked;
    }),
  });
  const exit = await child.exited;
  expect(told).toEqual(['FatalError']);
  expect(exit.external).toBe(false);
  expect(exit.code).not.toBe(0);
  expect(exit.tail).toContain('heap');
  expect(thrown).toEqual([]);
});
