import { Worker } from 'node:worker_threads';
import type { FailureCode } from '../../machines/failure.ts';
import { errnoOf, StagedoorError } from '../failure.ts';
import type { ProxyFor } from '../registry/route.ts';
import type { Report } from './progress.ts';
import type { StagingOptions } from './session.ts';
import {
  type FromWorker,
  fromFault,
  type ProxyAnswer,
  type Step,
  type ToWorker,
  type WorkerStart,
} from './worker-messages.ts';

/**
 * The last resort (P-22). Native code that reaches it, such as `JSON.parse`, takes the whole process down, so that the
 * limits on documents and archives must act long before.
 */
const heapMegabytes = 1024;
const idleMs = 60_000;

type Call = {
  readonly step: Step;
  readonly report: Report;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: unknown) => void;
};

/** A running thread. It keeps the process alive only while somebody waits for it, and ends by itself when idle. */
export type WorkerLink = {
  /** Settles only when the step has ended in the thread, or the thread itself has. */
  call(step: Step, input: unknown, signal: AbortSignal | null, report: Report): Promise<unknown>;
  /** Aborts what runs, waits for it, then ends the thread. */
  end(): Promise<void>;
};

const codeOfExhaustion: Partial<Record<Step, FailureCode>> = {
  check: 'REGISTRY_MALFORMED',
  extract: 'PACKAGE_UNSAFE',
  fetchNatives: 'REGISTRY_MALFORMED',
};

const deathOf = (error: unknown, step: Step): StagedoorError => {
  const exhausted = errnoOf(error) === 'ERR_WORKER_OUT_OF_MEMORY';
  const code = exhausted ? (codeOfExhaustion[step] ?? 'INTERNAL') : 'INTERNAL';
  const why = exhausted ? `needed more than ${heapMegabytes} MB` : 'ended unexpectedly';
  return new StagedoorError(code, `the staging thread ${why}`, { cause: error });
};

/** The calls in flight, by id; `onIdle` is told when the last one has settled. */
const callBook = (onIdle: () => void) => {
  const calls = new Map<number, Call>();
  const take = (id: number): Call | undefined => {
    const call = calls.get(id);
    calls.delete(id);
    if (call !== undefined && calls.size === 0) onIdle();
    return call;
  };
  return {
    open: (id: number, call: Call): unknown => calls.set(id, call),
    ids: (): readonly number[] => [...calls.keys()],
    receive: (message: Exclude<FromWorker, { kind: 'askProxy' }>): void => {
      const { id } = message;
      if (message.kind === 'progress') calls.get(id)?.report(message.progress);
      else if (message.kind === 'done') take(id)?.resolve(message.output);
      else take(id)?.reject(fromFault(message.fault));
    },
    failAll: (error: unknown): void => {
      for (const [id, call] of calls) take(id)?.reject(deathOf(error, call.step));
    },
  };
};

/** The system is asked where the shell is; the thread waits for the answer. */
const answerProxy = async (ask: ProxyFor, id: number, url: string): Promise<ProxyAnswer> => {
  try {
    return { kind: 'proxy', id, proxy: await ask(url) };
  } catch (error) {
    return { kind: 'proxy', id, reason: error instanceof Error ? error.message : String(error) };
  }
};

/** Starts a thread; `onEnd` is told once when it takes no more calls. */
export const startWorker = (
  options: StagingOptions,
  proxyFor: ProxyFor | undefined,
  onEnd: () => void,
): WorkerLink => {
  const start: WorkerStart = { options, asksProxy: proxyFor !== undefined };
  const worker = new Worker(new URL('./worker-thread.js', import.meta.url), {
    workerData: start,
    name: 'stagedoor-staging',
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
  });
  const answers = new Set<Promise<unknown>>();
  let lastId = 0;
  let idle: NodeJS.Timeout | undefined;
  const send = (message: ToWorker): void => worker.postMessage(message);
  const book = callBook(() => {
    worker.unref();
    idle = setTimeout(() => void end(), idleMs).unref();
  });
  const die = (error: unknown): void => {
    onEnd();
    book.failAll(error);
    clearTimeout(idle);
  };
  const end = async (): Promise<void> => {
    onEnd();
    for (const id of book.ids()) send({ kind: 'abort', id });
    await Promise.allSettled(answers);
    clearTimeout(idle);
    await worker.terminate();
  };
  worker.on('message', (message: FromWorker) => {
    if (message.kind !== 'askProxy') book.receive(message);
    else if (proxyFor !== undefined) void answerProxy(proxyFor, message.id, message.url).then(send);
  });
  worker.on('error', die);
  worker.on('exit', () => die(new Error('the thread exited')));
  return {
    end,
    call: (step, input, signal, report) => {
      clearTimeout(idle);
      worker.ref();
      lastId += 1;
      const id = lastId;
      const abort = (): void => send({ kind: 'abort', id });
      signal?.addEventListener('abort', abort, { once: true });
      const answer = new Promise((resolve, reject) => {
        book.open(id, { step, report, resolve, reject });
        send({ kind: 'run', id, step, input });
      }).finally(() => {
        signal?.removeEventListener('abort', abort);
        answers.delete(answer);
      });
      answers.add(answer);
      return answer;
    },
  };
};
