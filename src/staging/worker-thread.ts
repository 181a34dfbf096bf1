import { parentPort, workerData } from 'node:worker_threads';
import type { ProxyFor } from '../registry/route.ts';
import { nodeFileSystem } from '../store/file-system.ts';
import { type StagingEffects, stagingInProcess } from './effects.ts';
import { throttledReport } from './progress.ts';
import {
  type FromWorker,
  type ProxyAnswer,
  type ToWorker,
  toFault,
  type WorkerStart,
} from './worker-messages.ts';

type Port = NonNullable<typeof parentPort>;

/** Questions to the main thread, by number. */
const askMainThread = (port: Port) => {
  const open = new Map<number, (answer: ProxyAnswer) => void>();
  const proxyFor: ProxyFor = url =>
    new Promise((resolve, reject) => {
      const id = open.size === 0 ? 1 : Math.max(...open.keys()) + 1;
      open.set(id, ({ proxy, reason }) => (proxy === undefined ? reject(new Error(reason)) : resolve(proxy)));
      port.postMessage({ kind: 'askProxy', id, url } satisfies FromWorker);
    });
  return {
    proxyFor,
    receive: (answer: ProxyAnswer): void => {
      open.get(answer.id)?.(answer);
      open.delete(answer.id);
    },
  };
};

/** The thread that stages: requests come in, progress and one answer each go out. Started by `stagingInWorker`. */
const serve = (port: Port, { options, asksProxy }: WorkerStart): void => {
  const main = askMainThread(port);
  const effects: StagingEffects = stagingInProcess(
    options,
    nodeFileSystem,
    asksProxy ? main.proxyFor : undefined,
  );
  const running = new Map<number, AbortController>();
  const send = (message: FromWorker): void => port.postMessage(message);

  const run = async (request: Extract<ToWorker, { kind: 'run' }>): Promise<void> => {
    const { id, step } = request;
    const abort = new AbortController();
    running.set(id, abort);
    const progress = throttledReport(sent => send({ kind: 'progress', id, progress: sent }));
    // Both ends are ours and of the same build: the input is what the caller of this very step passed.
    const effect = effects[step] as (...input: readonly unknown[]) => Promise<unknown>;
    try {
      const output = await effect(request.input, abort.signal, progress.report);
      progress.flush();
      send({ kind: 'done', id, output });
    } catch (error) {
      send({ kind: 'failed', id, fault: toFault(error) });
    } finally {
      running.delete(id);
    }
  };

  port.on('message', (message: ToWorker) => {
    if (message.kind === 'proxy') main.receive(message);
    else if (message.kind === 'abort') running.get(message.id)?.abort();
    else void run(message);
  });
};

if (parentPort !== null) serve(parentPort, workerData as WorkerStart);
