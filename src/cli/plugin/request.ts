import type { PluginWish } from '../../../machines/contract.ts';
import type { Plugins, PluginsOptions } from '../../plugins/plugins.ts';
import { parsePluginName, parsePluginSpec, pluginText } from '../../plugins/spec.ts';
import type { CommandContext } from '../command.ts';
import { pathFlag } from '../lock/request.ts';
import { requireStore } from '../settings.ts';
import { UsageError } from '../usage-error.ts';

/** The package's name plays no part in what is done here, so it may be missing where the store is named. */
const optionsOf = (context: CommandContext): PluginsOptions => {
  const { settings, fs } = context;
  const { bundled, entry, exec, natives, registry, shellVersion } = settings;
  return {
    ...{ package: settings.package ?? 'runtime', store: requireStore(settings) },
    ...{ bundled, entry, exec, natives, registry, shellVersion, fs, projectConfig: true },
    lock: pathFlag(context, 'lock') ?? undefined,
  };
};

/** Loaded here: every other command does without. */
export const openPlugins = async (context: CommandContext): Promise<Plugins> => {
  const { createPlugins } = await import('../../create-plugins.ts');
  try {
    return createPlugins(optionsOf(context));
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
};

const asSpec = 'It is NAME or NAME@RANGE of npm, python:NAME or python:NAME==VERSION.';
const asName = 'It is NAME of npm or python:NAME, without a version.';

const wishes = (
  { flags }: CommandContext,
  operands: readonly string[],
  parse: typeof parsePluginSpec,
  howTo: string,
): readonly PluginWish[] => {
  if (operands.length === 0) throw new UsageError('a plugin is missing', howTo);
  return operands.map(text => {
    const wish = parse(text, flags.python === true ? 'python' : 'npm');
    if (wish !== null) return wish;
    throw new UsageError(`${JSON.stringify(text)} names no plugin`, howTo);
  });
};

/** What each operand asks for, as the API takes it. */
export const specOperands = (context: CommandContext, operands: readonly string[]): readonly string[] =>
  wishes(context, operands, parsePluginSpec, asSpec).map(wish => {
    const { ecosystem, spec } = wish;
    const between = ecosystem === 'npm' ? '@' : '';
    return `${pluginText(wish)}${spec === null ? '' : `${between}${spec}`}`;
  });

export const nameOperands = (context: CommandContext, operands: readonly string[]): readonly string[] =>
  wishes(context, operands, parsePluginName, asName).map(pluginText);

export const noOperands = (operands: readonly string[], action: string): void => {
  if (operands.length > 0) throw new UsageError(`plugin ${action} takes no names`);
};
