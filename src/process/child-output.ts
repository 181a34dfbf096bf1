import type { Readable } from 'node:stream';
import { createOutputTail } from './output-tail.ts';
import { createSubscribers } from './subscribers.ts';

type Stream = 'stdout' | 'stderr';

export type ChildOutput = {
  add(listener: (stream: Stream, chunk: Buffer) => void): () => void;
  /** The last 64 KiB of both streams as they came, or of standard output alone. */
  text(stream?: 'stdout'): string;
  /** Resolves when an ended child's output has come in, and soon in any case: a grandchild may hold the pipes open. */
  drained(): Promise<void>;
  /** Listens again where somebody has taken all listeners off the pipes. */
  hearAgain(): void;
};

/** The ends of a child's pipes; `closed` when both have ended. */
export type OutputPipes = {
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  readonly closed: Promise<void>;
};

const drainMs = 250;

/** A pipe that only grandchildren write to must not keep this process alive. */
const letGo = (stream: object | null): void => {
  if (stream !== null && 'unref' in stream && typeof stream.unref === 'function') stream.unref();
};

/** Keeps a child's output; with `inherit-through` it also goes to our own streams, at the pace they take it. */
export const keepOutput = (pipes: OutputPipes, stdio: 'pipe' | 'inherit-through'): ChildOutput => {
  const all = createOutputTail();
  const standard = createOutputTail();
  const { add, tell } = createSubscribers<[stream: Stream, chunk: Buffer]>();

  const hear = (name: Stream): void => {
    if (pipes[name]?.listenerCount('data') !== 0) return;
    pipes[name]?.on('data', (chunk: Buffer) => {
      all.push(chunk);
      if (name === 'stdout') standard.push(chunk);
      tell(name, chunk);
    });
    if (stdio === 'inherit-through') pipes[name]?.pipe(process[name], { end: false });
  };
  const hearAgain = (): void => {
    for (const name of ['stdout', 'stderr'] as const) hear(name);
  };
  hearAgain();

  return {
    add,
    hearAgain,
    text: stream => (stream === 'stdout' ? standard : all).text(),
    drained: async () => {
      let timer: NodeJS.Timeout | undefined;
      const enough = new Promise<void>(resolve => {
        timer = setTimeout(resolve, drainMs);
      });
      await Promise.race([pipes.closed, enough]);
      clearTimeout(timer);
      letGo(pipes.stdout);
      letGo(pipes.stderr);
    },
  };
};
