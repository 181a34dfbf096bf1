import type { PluginOutcome, PluginWish } from '#machines/contract.js';
import type { PluginInstallEmitted, PluginInstallInput } from '#machines/plugin-install.js';
import { conflictAdvice, conflictText } from '#src/plugins/conflict-text.js';

const names = (packages: readonly { readonly name: string; readonly version: string }[]): string =>
  packages.map(({ name, version }) => `${name} ${version}`).join(', ');

/** What the command says in the end. */
const endText = ({ name, ecosystem }: PluginWish, outcome: PluginOutcome): string => {
  switch (outcome.kind) {
    case 'installed': {
      const given = outcome.shared.length === 0 ? '' : ` The runtime gives it ${names(outcome.shared)}.`;
      const left = outcome.stripped.length === 0 ? '' : ` Left out: ${outcome.stripped.join(', ')}.`;
      return `${name} ${outcome.version} is installed.${given}${left}`;
    }
    case 'present':
      return `${name} ${outcome.version} is installed already.`;
    case 'refused':
      return [
        `${name} ${outcome.version} is refused:`,
        ...outcome.conflicts.map(one => `${conflictText(one, ecosystem)}: ${conflictAdvice(one)}`),
      ].join('\n');
    case 'removed':
      return `${name} ${outcome.version} is removed.`;
    case 'absent':
      return `${name} is not installed.`;
    case 'failed':
      return `${outcome.failure.code}: ${outcome.failure.message}`;
    case 'cancelled':
      return 'Cancelled; nothing was changed.';
  }
};

/** A terminal with `stagedoor plugin` in it, as far as it is about the plugin. */
export const openTerminal = (
  { task, wish: { name, spec } }: PluginInstallInput,
  paint: (text: string) => void,
) => {
  const lines = [`$ stagedoor plugin ${task} ${name}${spec === null ? '' : `@${spec}`}`];
  const say = (line: string): void => {
    lines.push(line);
    paint(lines.join('\n'));
  };
  return {
    open: (): void => paint(lines.join('\n')),
    hear: (event: PluginInstallEmitted): void => {
      if (event.type === 'plugin.installing') say(`Installing ${name} ${event.version} …`);
      if (event.type === 'plugin.settled') say(endText(event.wish, event.outcome));
    },
    interrupt: (): void => say('^C'),
  };
};
