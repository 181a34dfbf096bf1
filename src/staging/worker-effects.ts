import type { ProxyFor } from '../registry/route.ts';
import type { StagingEffects } from './effects.ts';
import type { Report } from './progress.ts';
import type { StagingOptions } from './session.ts';
import { startWorker, type WorkerLink } from './worker-link.ts';
import type { Step } from './worker-messages.ts';

const silent: Report = () => undefined;

/**
 * The effects in a thread of their own, so that the shell's event loop never waits for them: importing pacote alone
 * would block it for 150 ms. The thread starts with the first step and ends with `close`, or after a minute of rest.
 */
export const stagingInWorker = (options: StagingOptions, proxyFor?: ProxyFor): StagingEffects => {
  let link: WorkerLink | null = null;
  const linked = (): WorkerLink => {
    if (link !== null) return link;
    const started = startWorker(options, proxyFor, () => {
      if (link === started) link = null;
    });
    link = started;
    return started;
  };
  const run = async (
    step: Step,
    input: unknown,
    signal: AbortSignal | null,
    report: Report,
  ): Promise<unknown> => {
    signal?.throwIfAborted();
    try {
      return await linked().call(step, input, signal, report);
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason;
      throw error;
    }
  };
  /** The thread runs the very same interface of the same build: what comes back is that step's output. */
  const step =
    <Name extends Step>(name: Name) =>
    (input: unknown, signal: AbortSignal | null = null, report: Report = silent) =>
      run(name, input, signal, report) as ReturnType<StagingEffects[Name]>;
  return {
    check: step('check'),
    download: step('download'),
    extract: step('extract'),
    stageNatives: step('stageNatives'),
    fetchNatives: step('fetchNatives'),
    verify: step('verify'),
    adopt: step('adopt'),
    commit: step('commit'),
    clean: step('clean'),
    close: async () => link?.end(),
  };
};
