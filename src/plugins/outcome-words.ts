import type { Ecosystem, PluginConflict, PluginOutcome, PluginWish } from '../../machines/contract.ts';
import type { PluginState } from './checking.ts';
import { conflictAdvice, conflictText } from './conflict-text.ts';
import { pluginFailure } from './hints.ts';
import type { DamagedPlugin, InstalledPlugin } from './installed.ts';
import { type Misbuilt, misbuiltAdvice, misbuiltText } from './misbuilt.ts';
import type { AddPluginOutcome, CheckedPlugin, ListedPlugin, RemovePluginOutcome } from './outcomes.ts';

const reasonsOf = (conflicts: readonly PluginConflict[], ecosystem: Ecosystem): readonly string[] =>
  conflicts.map(one => `${conflictText(one, ecosystem)}: ${conflictAdvice(one)}`);

/** What came of adding, in the words of the surface. */
export const added = (
  { ecosystem, name }: PluginWish,
  outcome: PluginOutcome,
  runtime: string | null,
  unfit: readonly string[] = [],
): AddPluginOutcome => {
  const about = { ecosystem, name };
  switch (outcome.kind) {
    case 'installed': {
      const { version, replaced, shared, stripped } = outcome;
      return { outcome: 'installed', ...about, version, replaced, shared, stripped, unfit, runtime };
    }
    case 'present':
      return { outcome: 'present', ...about, version: outcome.version, shared: outcome.shared, runtime };
    case 'refused': {
      const { version, conflicts } = outcome;
      const reasons = reasonsOf(conflicts, ecosystem);
      return { outcome: 'refused', ...about, version, conflicts, reasons, runtime };
    }
    case 'failed':
      return { outcome: 'failed', ...about, error: pluginFailure(outcome.failure) };
    default:
      return { outcome: 'cancelled', ...about };
  }
};

/** What came of removing, in the words of the surface. */
export const removed = ({ ecosystem, name }: PluginWish, outcome: PluginOutcome): RemovePluginOutcome => {
  const about = { ecosystem, name };
  switch (outcome.kind) {
    case 'removed':
      return { outcome: 'removed', ...about, version: outcome.version };
    case 'absent':
      return { outcome: 'absent', ...about };
    case 'failed':
      return { outcome: 'failed', ...about, error: pluginFailure(outcome.failure) };
    default:
      return { outcome: 'cancelled', ...about };
  }
};

const misbuiltReason = (misbuilt: Misbuilt): string => `${misbuiltText(misbuilt)}: ${misbuiltAdvice}`;

export const listed = (
  { ecosystem, name, version, wish, folder, ...rest }: InstalledPlugin,
  misbuilt: Misbuilt | null,
): ListedPlugin => ({
  ...{ ecosystem, name, version, spec: wish.spec, folder },
  packages: rest.packages.slice(1).map(one => ({ name: one.name, version: one.version })),
  ...{ demands: rest.demands, stripped: rest.stripped, builtFor: rest.compiled?.abi ?? null },
  misbuilt: misbuilt === null ? null : misbuiltReason(misbuilt),
});

const reasonsIn = (look: PluginState, ecosystem: Ecosystem): readonly string[] => {
  switch (look.state) {
    case 'ok':
      return [];
    case 'conflict':
      return reasonsOf(look.conflicts, ecosystem);
    case 'misbuilt':
      return [misbuiltReason(look.misbuilt)];
    case 'damaged':
      return [look.reason];
  }
};

export const checked = ({ ecosystem, name, version }: InstalledPlugin, look: PluginState): CheckedPlugin => {
  const conflicts = look.state === 'conflict' ? look.conflicts : [];
  const reasons = reasonsIn(look, ecosystem);
  return { ecosystem, name, version, state: look.state, conflicts, reasons };
};

export const ruined = ({ ecosystem, name, reason }: DamagedPlugin): CheckedPlugin => ({
  ...{ ecosystem, name, version: null, state: 'damaged', conflicts: [], reasons: [reason] },
});
