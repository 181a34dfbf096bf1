/** Loaded first in the child of a `utilityProcess.fork`: makes what Electron's documentation of `parentPort` promises. */
import { EventEmitter } from 'node:events';
import type { ParentPort } from 'electron';
import { standIn } from './agreement.ts';
import { crossing } from './crossing.ts';
import { inheritedPipe } from './message-pipe.ts';
import { type ParentPortPayloads, teller } from './payloads.ts';

const pipe = inheritedPipe(3);
const emitter = new EventEmitter();
const tell = teller<ParentPortPayloads>(emitter);
const queued: unknown[] = [];

/** "Messages received on this port will be queued up until a handler is registered for this event." */
const deliver = (): void => {
  while (queued.length > 0 && emitter.listenerCount('message') > 0) {
    tell('message', { data: queued.shift(), ports: [] });
  }
};

pipe.onMessage(data => {
  queued.push(data);
  deliver();
});
// A port without listeners keeps nobody: a child with nothing to do ends by itself, as an empty script does in Electron.
pipe.ref(false);
emitter.on('newListener', name => {
  if (name !== 'message') return;
  pipe.ref(true);
  setImmediate(deliver);
});
emitter.on('removeListener', name => {
  if (name === 'message' && emitter.listenerCount('message') === 0) pipe.ref(false);
});

// Chromium ends a child process whose browser process is gone.
pipe.onEnd(() => process.exit(0));

const parentPort = standIn<ParentPort>()(
  { name: 'parentPort' },
  { postMessage: (message: unknown): void => pipe.send(crossing(message)) },
  emitter,
);

Object.defineProperties(process, {
  parentPort: { value: parentPort, enumerable: true },
  type: { value: 'utility', enumerable: true },
  versions: {
    value: Object.freeze({
      ...process.versions,
      electron: new URL(import.meta.url).searchParams.get('electron'),
    }),
    enumerable: true,
  },
});
