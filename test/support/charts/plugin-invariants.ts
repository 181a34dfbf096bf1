import type { EventObject } from 'xstate';
import type {
  PluginCommit,
  PluginComparison,
  PluginDraft,
  PluginOutcome,
  PluginPlan,
  PluginRemoved,
  PluginStaged,
  PluginVerified,
} from '#machines/contract.js';
import type { PluginInstallEmitted, PluginInstallInput } from '#machines/plugin-install.js';
import { isSettled } from './exploration.ts';
import type { Sight, Trace } from './slots.ts';

const installing = ['downloadPlugin', 'stagePlugin', 'verifyPlugin', 'commitPlugin'];
/** An effect may begin only when this one has just ended well. */
const before: Readonly<Record<string, string>> = {
  comparePlugin: 'resolvePlugin',
  downloadPlugin: 'comparePlugin',
  stagePlugin: 'downloadPlugin',
  verifyPlugin: 'stagePlugin',
  commitPlugin: 'verifyPlugin',
};
const acts = ['commitPlugin', 'removePlugin', 'cleanPlugin'];
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What must hold whatever the chart looks like; gives the rules that a trace of one run breaks. */
export const brokenPluginRules = (trace: Trace, { task, wish }: PluginInstallInput): string[] => {
  const broken: string[] = [];
  let active = null as string | null;
  let last = null as Sight | null;
  let ended = null as string | null;
  let plan = null as PluginPlan | null;
  let comparison = null as PluginComparison | null;
  let staged = null as PluginStaged | null;
  let verified = null as PluginVerified | null;
  /** What the one act that counts has done: undefined, as long as it has not. */
  let replaced = undefined as string | null | undefined;
  let removed = undefined as string | null | undefined;
  let [littered, cancelled] = [false, false];
  let fault = null as unknown;
  /** What must end because of a cancel. */
  let unwanted = null as string | null;
  let [announced, refused, settled] = [0, 0, 0];

  const refusal = () =>
    (staged !== null && staged.conflicts.length > 0 ? staged : comparison)?.conflicts ?? [];

  const begin = (slot: string, input: unknown): void => {
    if (active !== null) broken.push(`${slot} began beside ${active}`);
    active = slot;
    if (settled > 0) broken.push(`${slot} began after the end`);
    const needed = before[slot];
    if (needed !== undefined && ended !== needed) broken.push(`K-05: ${slot} after ${ended}`);
    if ((slot === 'removePlugin') !== (task === 'remove'))
      broken.push(`K-05: ${slot} although it was to ${task}`);
    if (installing.includes(slot)) {
      if (comparison === null || comparison.conflicts.length > 0)
        broken.push(`K-05: ${slot} although the lock does not admit it`);
      if (plan?.present === true) broken.push(`K-05: ${slot} although the very same is there`);
      if (cancelled) broken.push(`C-03: ${slot} began after the cancel`);
      if (!same((input as PluginDraft).plan, plan)) broken.push(`S-07: ${slot} was given another plan`);
      if (!same((input as PluginDraft).shared, comparison?.shared))
        broken.push(`K-05: ${slot} was given other shared packages than were found`);
      if (staged !== null && staged.conflicts.length > 0)
        broken.push(`K-05: ${slot} although what lies in an archive does not fit`);
      littered = true;
    }
    if (slot === 'commitPlugin' && !same((input as PluginCommit).verified, verified))
      broken.push('P-08: a tree was committed that nobody has looked at');
    if (slot === 'cleanPlugin') {
      if (!same(input, plan)) broken.push('S-07: another scratch was cleaned');
      if (!littered) broken.push('S-07: cleaned, and nothing was begun');
      if (replaced !== undefined) broken.push('S-07: what was committed was cleaned');
      littered = false;
    }
  };

  const ends = (event: EventObject): void => {
    if (event.type === 'plugin.cancel') {
      cancelled = true;
      if (active !== null && !acts.includes(active)) unwanted = active;
    }
    if (active === null || !isSettled(event, active)) return;
    const well = event.type.startsWith('xstate.done');
    ended = well ? active : null;
    if (!well && active !== 'cleanPlugin' && 'error' in event) fault = event.error;
    if (!well) return;
    const output = 'output' in event ? event.output : undefined;
    if (active === 'resolvePlugin') plan = output as PluginPlan;
    if (active === 'comparePlugin') comparison = output as PluginComparison;
    if (active === 'stagePlugin') staged = output as PluginStaged;
    if (active === 'verifyPlugin') verified = output as PluginVerified;
    if (active === 'removePlugin') removed = (output as PluginRemoved).removed;
    if (active === 'commitPlugin') {
      replaced = (output as { replaced: string | null }).replaced;
      littered = false;
    }
  };

  /** What must be told by what has happened, and nothing else. */
  const due = (): PluginOutcome['kind'] => {
    if (replaced !== undefined) return 'installed';
    if (removed !== undefined) return removed === null ? 'absent' : 'removed';
    if (fault !== null) return 'failed';
    if (staged !== null && staged.conflicts.length > 0) return 'refused';
    if (cancelled) return 'cancelled';
    return refusal().length > 0 ? 'refused' : 'present';
  };

  const settle = (outcome: PluginOutcome): void => {
    settled += 1;
    if (active !== null && !(last?.kind === 'sent' && last.event.type === 'plugin.cancel'))
      broken.push(`${active} is still at work at the end`);
    if (settled > 1) broken.push('K-05: told twice how it ended');
    if (littered) broken.push('S-07: a scratch folder is left behind');
    if (outcome.kind !== due()) broken.push(`K-05: told ${outcome.kind}, and it was ${due()}`);
    if ('version' in outcome && outcome.kind !== 'removed' && outcome.version !== plan?.version)
      broken.push('K-05: another version is told');
    if (outcome.kind === 'removed' && outcome.version !== removed)
      broken.push('K-05: another version is told');
    if ('shared' in outcome && !same(outcome.shared, comparison?.shared))
      broken.push('K-05: what is shared is not told');
    if (outcome.kind === 'failed' && !same(outcome.failure, fault))
      broken.push('K-05: another failure is told');
    if (outcome.kind === 'installed') {
      if (outcome.replaced !== replaced) broken.push('K-05: another version was replaced');
      if (!same(outcome.stripped, verified?.stripped)) broken.push('K-06: what was left out is not told');
    }
    if (outcome.kind === 'refused' && !same(outcome.conflicts, refusal()))
      broken.push('K-05: not every conflict is told');
    if (refused > 0 !== (outcome.kind === 'refused'))
      broken.push('K-05: a refusal that is not told, or told for nothing');
  };

  const told = (event: PluginInstallEmitted): void => {
    if (!same(event.wish, wish)) broken.push('K-05: told of another wish');
    if (event.type === 'plugin.settled') settle(event.outcome);
    if (event.type === 'plugin.refused') refused += 1;
    if (event.type === 'plugin.installing') {
      announced += 1;
      if (announced > 1) broken.push('K-05: told twice that it is installed');
      if (ended !== 'comparePlugin') broken.push('K-05: told of an install that does not begin');
    }
  };

  for (const sight of trace) {
    if (sight.kind === 'begin') {
      begin(sight.slot, sight.input);
      if (sight.slot === 'downloadPlugin' && announced === 0)
        broken.push('K-05: an install that nobody is told of');
    }
    if (sight.kind === 'abort') {
      const byItself = last?.kind === 'sent' && isSettled(last.event, sight.slot);
      if (!byItself && acts.includes(sight.slot)) broken.push(`C-03: ${sight.slot} was interrupted`);
      if (unwanted === sight.slot) unwanted = null;
      active = null;
    }
    if (sight.kind === 'sent') {
      if (unwanted !== null) broken.push(`C-03: ${unwanted} goes on after a cancel`);
      unwanted = null;
      ends(sight.event);
      last = sight;
    }
    if (sight.kind === 'told') told(sight.event as PluginInstallEmitted);
  }
  if (unwanted !== null) broken.push(`C-03: ${unwanted} goes on after a cancel`);
  return broken;
};
