import type { CheckedPlugin, CheckPluginsOutcome } from '../../plugins/outcomes.ts';
import { pluginText } from '../../plugins/spec.ts';
import type { CommandContext } from '../command.ts';
import type { Style } from '../style.ts';
import { block, type Row } from '../text.ts';
import { noOperands, openPlugins } from './request.ts';

const row = (plugin: CheckedPlugin, style: Style): Row => {
  const { state, version, reasons } = plugin;
  const name = version === null ? '' : `${version}  `;
  if (state === 'ok') return [pluginText(plugin), `${name}${style.good('ok')}`];
  const [first = '', ...rest] = reasons;
  return [pluginText(plugin), [`${name}${style.bad(state)}  ${first}`, ...rest]];
};

const text = (
  { plugins, runtime }: Exclude<CheckPluginsOutcome, { outcome: 'failed' }>,
  style: Style,
): string => {
  if (plugins.length === 0) return 'No plugin is installed.';
  const against = runtime === null ? [] : [style.faint(`Held against the lock of ${runtime}.`)];
  return [
    block(
      plugins.map(one => row(one, style)),
      style.strong,
    ),
    ...against,
  ].join('\n');
};

/** Holds each plugin against the lock of the next launch and against its own files; 1 where one is not fine. */
export const checkPlugins = async (context: CommandContext, operands: readonly string[]): Promise<number> => {
  noOperands(operands, 'check');
  const { output, progress } = context;
  progress.show({ phase: 'hashing', bytes: 0, total: null });
  const checked = await (await openPlugins(context)).check();
  progress.clear();
  if (checked.outcome === 'failed') {
    output.problem(checked.error);
    return 1;
  }
  output.answer({ data: checked, text: style => text(checked, style) });
  return checked.outcome === 'ok' ? 0 : 1;
};
