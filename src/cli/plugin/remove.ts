import type { RemovePluginOutcome } from '../../plugins/outcomes.ts';
import { pluginText } from '../../plugins/spec.ts';
import type { CommandContext } from '../command.ts';
import { changePlugins } from './change.ts';
import { nameOperands } from './request.ts';

/** Removes plugins; what a living runtime uses of one goes when that has ended. */
export const removePlugins = (context: CommandContext, operands: readonly string[]): Promise<number> =>
  changePlugins<RemovePluginOutcome>(context, nameOperands(context, operands), {
    phase: 'removing',
    run: (plugins, name, signal) => plugins.remove(name, { signal }),
    text: outcome =>
      outcome.outcome === 'removed'
        ? `${pluginText(outcome)} ${outcome.version} is removed.`
        : `${pluginText(outcome)} is not installed.`,
    isFine: ({ outcome }) => outcome === 'removed' || outcome === 'absent',
  });
