import type { DamagedPlugin } from '../../plugins/installed.ts';
import type { ListedPlugin, ListPluginsOutcome } from '../../plugins/outcomes.ts';
import { pluginText } from '../../plugins/spec.ts';
import type { CommandContext } from '../command.ts';
import type { Style } from '../style.ts';
import { block, count, type Row } from '../text.ts';
import { noOperands, openPlugins } from './request.ts';
import { unguardedText } from './unguarded-text.ts';

const listedRow = (plugin: ListedPlugin, style: Style): Row => {
  const { version, spec, packages, demands, builtFor, misbuilt } = plugin;
  const asked = spec === null ? '' : style.faint(`  asked for as ${spec}`);
  const given = [...new Set(demands.map(({ name }) => name))];
  return [
    pluginText(plugin),
    [
      `${version}${asked}`,
      ...(packages.length === 0 ? [] : [style.faint(`brings ${count(packages.length, 'package')}`)]),
      ...(builtFor === null ? [] : [style.faint(`compiled for ${builtFor}`)]),
      ...(misbuilt === null ? [] : [`${style.bad('misbuilt')}: ${misbuilt}`]),
      ...(given.length === 0 ? [] : [style.faint(`given by the runtime: ${given.join(', ')}`)]),
    ],
  ];
};

const damagedRow = (plugin: DamagedPlugin, style: Style): Row => [
  pluginText(plugin),
  `${style.bad('damaged')}: ${plugin.reason}`,
];

const text = (
  { plugins, damaged, unguarded }: Exclude<ListPluginsOutcome, { outcome: 'failed' }>,
  style: Style,
): string => {
  if (plugins.length + damaged.length === 0) return 'No plugin is installed.';
  const rows = [...plugins.map(one => listedRow(one, style)), ...damaged.map(one => damagedRow(one, style))];
  const warning = unguarded === null ? [] : [unguardedText(unguarded, style)];
  return [block(rows, style.strong), ...warning].join('\n');
};

export const listPlugins = async (context: CommandContext, operands: readonly string[]): Promise<number> => {
  noOperands(operands, 'list');
  const listed = await (await openPlugins(context)).list();
  if (listed.outcome === 'failed') {
    context.output.problem(listed.error);
    return 1;
  }
  context.output.answer({ data: listed, text: style => text(listed, style) });
  return 0;
};
