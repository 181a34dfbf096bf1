import type { Failed, Named } from '../../plugins/outcomes.ts';
import type { Plugins } from '../../plugins/plugins.ts';
import type { CommandContext } from '../command.ts';
import { interruptible } from '../interruptible.ts';
import type { Style } from '../style.ts';
import { openPlugins } from './request.ts';

export type Changed = (Named & { readonly outcome: string }) | (Named & Failed);

/** One change after the other, each told as soon as it is there. */
export type Change<Outcome extends Changed> = {
  readonly phase: string;
  readonly run: (plugins: Plugins, name: string, signal: AbortSignal) => Promise<Outcome>;
  readonly text: (outcome: Exclude<Outcome, Failed>, style: Style) => string;
  readonly isFine: (outcome: Outcome) => boolean;
};

const isFailed = <Outcome extends Changed>(outcome: Outcome): outcome is Extract<Outcome, Failed> =>
  outcome.outcome === 'failed';

const shape = <Outcome extends Changed>(outcome: Outcome): Readonly<Record<string, unknown>> => {
  if (!isFailed(outcome)) return outcome;
  const { code, blame, message, hint } = outcome.error;
  return { ...outcome, error: { code, blame, message, hint } };
};

/**
 * Adds or removes all of them, also after one that failed; 1 unless each did what was asked. An interruption ends the one that is
 * at work, leaves it as it was, and begins no other.
 */
export const changePlugins = async <Outcome extends Changed>(
  context: CommandContext,
  names: readonly string[],
  change: Change<Outcome>,
): Promise<number> => {
  const { output, progress } = context;
  const plugins = await openPlugins(context);
  const done: Outcome[] = [];
  const tell = (outcome: Outcome): void => {
    done.push(outcome);
    if (output.json) return;
    if (isFailed(outcome)) output.problem(outcome.error);
    else
      output.answer({
        data: outcome,
        text: style => change.text(outcome as Exclude<Outcome, Failed>, style),
      });
  };
  return interruptible(
    context,
    async signal => {
      for (const name of names) {
        progress.show({ phase: change.phase, version: name, bytes: 0, total: null });
        const outcome = await change.run(plugins, name, signal);
        progress.clear();
        if (outcome.outcome === 'cancelled') throw signal.reason;
        tell(outcome);
      }
      const isFine = done.every(change.isFine);
      if (output.json)
        output.answer({
          data: { outcome: isFine ? 'ok' : 'problems', plugins: done.map(shape) },
          text: () => '',
        });
      return isFine ? 0 : 1;
    },
    () => ({ plugins: done.map(shape) }),
  );
};
