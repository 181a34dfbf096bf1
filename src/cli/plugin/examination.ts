import { conflictAdvice, conflictText } from '../../plugins/conflict-text.ts';
import { installedPlugins } from '../../plugins/installed.ts';
import { misbuiltAdvice } from '../../plugins/misbuilt.ts';
import type { CheckedPlugin } from '../../plugins/outcomes.ts';
import { pluginText } from '../../plugins/spec.ts';
import { type Finding, finding, problem } from '../../upkeep/finding.ts';
import type { CommandContext } from '../command.ts';
import { openPlugins } from './request.ts';

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

const findingOf = (plugin: CheckedPlugin, runtime: string | null): Finding => {
  const { ecosystem, version, state, conflicts, reasons } = plugin;
  const name = pluginText(plugin);
  const id = `plugin:${name}`;
  if (state === 'ok') return finding(id, `${version} is whole and goes with ${runtime ?? 'the runtime'}`);
  if (state === 'damaged')
    return problem(id, 'error', reasons.join('; '), `stagedoor plugin add ${name} installs it anew.`);
  if (state === 'misbuilt') return problem(id, 'error', reasons.join('; '), sentence(misbuiltAdvice));
  const detail = conflicts.map(one => conflictText(one, ecosystem)).join('; ');
  const advice = [...new Set(conflicts.map(conflictAdvice))].join('; ');
  return problem(id, 'error', detail, sentence(advice));
};

/** What the doctor says of plugins: nothing where there are none. */
export const examinePlugins = async (context: CommandContext, store: string): Promise<readonly Finding[]> => {
  const { plugins, damaged } = installedPlugins(context.fs, store);
  if (plugins.length + damaged.length === 0) return [];
  const checked = await (await openPlugins(context)).check();
  if (checked.outcome !== 'failed') return checked.plugins.map(plugin => findingOf(plugin, checked.runtime));
  const { message, hint } = checked.error;
  return [problem('plugins', 'warning', `nobody can tell whether they fit: ${message}`, hint)];
};
