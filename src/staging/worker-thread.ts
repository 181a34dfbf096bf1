import { parentPort, workerData } from 'node:worker_threads';
import { type StagingEffects, stagingInProcess } from './effects.ts';
import { throttledReport } from './progress.ts';
import type { StagingOptions } from './session.ts';
import { type FromWorker, type ToWorker, toFault } from './worker-messages.ts';

/** The thread that stages: requests come in, progress and one answer each go out. Started by `stagingInWorker`. */
const serve = (port: NonNullable<typeof parentPort>, effects: StagingEffects): void => {
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
    if (message.kind === 'abort') running.get(message.id)?.abort();
    else void run(message);
  });
};

// Electron shows archives as folders to everyone; what is staged and copied here are files as they are.
Object.assign(process, { noAsar: true });
if (parentPort !== null) serve(parentPort, stagingInProcess(workerData as StagingOptions));
