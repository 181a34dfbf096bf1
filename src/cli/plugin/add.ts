import type { AddPluginOutcome, Failed } from '../../plugins/outcomes.ts';
import { pluginText } from '../../plugins/spec.ts';
import type { CommandContext } from '../command.ts';
import type { Style } from '../style.ts';
import { changePlugins } from './change.ts';
import { refusedBecause } from './refusal-text.ts';
import { specOperands } from './request.ts';

type Told = Exclude<AddPluginOutcome, Failed>;

const listed = (packages: readonly { readonly name: string; readonly version: string }[]): string =>
  packages.map(({ name, version }) => `${name} ${version}`).join(', ');

const installedText = (outcome: Extract<Told, { outcome: 'installed' }>, style: Style): string => {
  const { version, replaced, shared, stripped, unfit } = outcome;
  const place = replaced === null || replaced === version ? '' : ` It takes the place of ${replaced}.`;
  return [
    `${pluginText(outcome)} ${style.good(version)} is installed; the runtime finds it with its next launch.${place}`,
    ...(shared.length === 0 ? [] : [style.faint(`The runtime gives it ${listed(shared)}.`)]),
    ...(stripped.length === 0
      ? []
      : [style.faint(`Left out, because the runtime has its own: ${stripped.join(', ')}.`)]),
    ...(unfit.length === 0
      ? []
      : [
          `Nothing in it is compiled for the executable (--exec): ${unfit.join(', ')}. What needs that will fail.`,
        ]),
  ].join('\n');
};

const addedText = (outcome: Told, style: Style): string => {
  const name = pluginText(outcome);
  switch (outcome.outcome) {
    case 'installed':
      return installedText(outcome, style);
    case 'present':
      return `${name} ${outcome.version} is installed already.`;
    case 'refused': {
      const first = `${name} ${style.bad(outcome.version)} is refused, ${refusedBecause(outcome)}:`;
      return [first, ...outcome.reasons.map(reason => `  ${reason}`)].join('\n');
    }
    case 'cancelled':
      return 'Cancelled; nothing was changed.';
  }
};

/** Installs plugins under the core lock; 1 where one is refused or fails. */
export const addPlugins = (context: CommandContext, operands: readonly string[]): Promise<number> =>
  changePlugins<AddPluginOutcome>(context, specOperands(context, operands), {
    phase: 'resolving',
    run: (plugins, spec, signal) =>
      plugins.add(spec, {
        signal,
        onProgress: ({ phase, bytes, total }) =>
          context.progress.show({ phase, version: spec, bytes, total }),
      }),
    text: addedText,
    isFine: ({ outcome }) => outcome === 'installed' || outcome === 'present',
  });
