import type { Failure } from '../../machines/failure.ts';
import { StagedoorError, toFailure } from '../failure.ts';
import type { StagingEffects } from './effects.ts';
import type { Progress } from './progress.ts';
import type { StagingOptions } from './session.ts';

/** The steps that run in the worker; `close` ends the worker itself. */
export type Step = Exclude<keyof StagingEffects, 'close'>;

export type ToWorker =
  | { readonly kind: 'run'; readonly id: number; readonly step: Step; readonly input: unknown }
  | { readonly kind: 'abort'; readonly id: number }
  | ProxyAnswer;

/** What the thread can't ask by itself; `proxy` is missing where the question failed. */
export type ProxyAnswer = {
  readonly kind: 'proxy';
  readonly id: number;
  readonly proxy?: string | null;
  readonly reason?: string;
};

export type FromWorker =
  | { readonly kind: 'progress'; readonly id: number; readonly progress: Progress }
  | { readonly kind: 'done'; readonly id: number; readonly output: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly fault: Fault }
  | { readonly kind: 'askProxy'; readonly id: number; readonly url: string };

export type WorkerStart = { readonly options: StagingOptions; readonly asksProxy: boolean };

/** An error as data: it would lose its class and its code on the way between threads. */
export type Fault =
  | { readonly kind: 'failure'; readonly failure: Failure; readonly stack: string }
  | { readonly kind: 'mistake'; readonly message: string };

export const toFault = (error: unknown): Fault =>
  error instanceof TypeError && !('code' in error)
    ? { kind: 'mistake', message: error.message }
    : {
        kind: 'failure',
        failure: toFailure(error),
        stack: error instanceof Error ? (error.stack ?? '') : String(error),
      };

export const fromFault = (fault: Fault): Error => {
  if (fault.kind === 'mistake') return new TypeError(fault.message);
  const { code, message, hint, retryAfterMs } = fault.failure;
  return new StagedoorError(code, message, { hint, retryAfterMs, cause: fault.stack });
};
