import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { deserialize, serialize } from 'node:v8';

/** Messages by structured clone over a pipe of one's own: neither end has Node's IPC channel. */
export type MessagePipe = {
  readonly send: (message: unknown) => void;
  readonly onMessage: (listener: (message: unknown) => void) => void;
  /** The other end is gone. */
  readonly onEnd: (listener: () => void) => void;
  /** Does it keep this process alive? At first it does. */
  readonly ref: (alive: boolean) => void;
};

const headBytes = 4;

/** Each message is its length and then what V8 makes of it. */
const framed = (message: unknown): Buffer => {
  const body = serialize(message);
  const head = Buffer.alloc(headBytes);
  head.writeUInt32LE(body.length);
  return Buffer.concat([head, body]);
};

export const messagePipe = (stream: Duplex): MessagePipe => {
  let kept: Buffer = Buffer.alloc(0);
  const listeners = new Set<(message: unknown) => void>();
  const ends = new Set<() => void>();
  stream.on('data', (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]);
    while (kept.length >= headBytes && kept.length >= headBytes + kept.readUInt32LE()) {
      const end = headBytes + kept.readUInt32LE();
      const message: unknown = deserialize(kept.subarray(headBytes, end));
      kept = kept.subarray(end);
      for (const listener of listeners) listener(message);
    }
  });
  const over = (): void => {
    for (const listener of ends) listener();
    ends.clear();
  };
  // A reset says the same as an end: nobody is there.
  stream.on('error', over).on('end', over).on('close', over);
  return {
    send: message => {
      if (stream.writable) stream.write(framed(message));
    },
    onMessage: listener => void listeners.add(listener),
    onEnd: listener => void ends.add(listener),
    ref: alive => {
      if (!(stream instanceof Socket)) return;
      if (alive) stream.ref();
      else stream.unref();
    },
  };
};

/** The end of a pipe that a child has inherited. */
export const inheritedPipe = (fd: number): MessagePipe => messagePipe(new Socket({ fd }));
