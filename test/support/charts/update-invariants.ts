import type { NativesOutcome } from '#machines/contract.js';
import type { UpdateEmitted } from '#machines/update.js';
import { isSettled } from './exploration.ts';
import type { Sight, Trace } from './slots.ts';

const before: Readonly<Record<string, string>> = {
  extract: 'download',
  matchNatives: 'extract',
  stageNatives: 'matchNatives',
  verifyTree: 'stageNatives',
};
const scratchOf = (input: unknown): string | null =>
  typeof input === 'object' && input !== null && 'scratch' in input ? String(input.scratch) : null;

/** What must hold whatever the chart looks like; gives the rules that a trace breaks. */
export const brokenUpdateRules = (trace: Trace): string[] => {
  const broken: string[] = [];
  let active: string | null = null;
  let finished: string[] = [];
  let opened: string | null = null;
  let deferred = false;
  let closed = false;
  let wanted: 'check' | 'stage' | null = null;
  let last: Sight | null = null;
  const outgrown = new Set<string>();

  const begin = (slot: string, input: unknown): void => {
    if (active !== null) broken.push(`${slot} began beside ${active}`);
    active = slot;
    if (slot === 'checkRegistry') {
      finished = [];
      opened = null;
      closed = false;
    }
    const needed = before[slot];
    if (needed !== undefined && finished.at(-1) !== needed) broken.push(`U-06: ${slot} without ${needed}`);
    if (slot === 'commitPointer' && !['verifyTree', 'adoptFolder'].includes(finished.at(-1) ?? '')) {
      broken.push('U-06: a pointer to a tree that was not checked');
    }
    if (slot === 'download' || slot === 'adoptFolder') {
      if (slot === 'download') opened = scratchOf(input);
      if (deferred) broken.push('staged what was deferred');
      if (wanted !== 'stage') broken.push('staged although only a check was asked for');
    }
    if (slot !== 'cleanScratch' && closed) broken.push(`N-07: ${slot} although no native fits`);
    if (slot === 'cleanScratch' && scratchOf(input) === opened) opened = null;
  };

  const sent = (type: string): void => {
    if (active !== null && type === `xstate.done.actor.${active}`) finished.push(active);
    if (type === 'update.defer') deferred = true;
    if (type === 'update.permit') deferred = false;
    if (type === 'update.check' && active === null) wanted = 'check';
    const idle = active === null;
    const asks = type === 'update.stage' || type.startsWith('xstate.after');
    const wakes = type === 'update.permit' || type === 'update.wake';
    if ((asks && (idle || active === 'checkRegistry')) || (wakes && idle)) wanted = 'stage';
  };

  const told = (event: UpdateEmitted): void => {
    if (event.type === 'update.staged' && finished.at(-1) !== 'commitPointer') {
      broken.push('L-09: told of a version that was not staged');
    }
    if (event.type === 'update.outgrown') {
      if (outgrown.has(event.version)) broken.push(`U-11: told twice that ${event.version} is outgrown`);
      outgrown.add(event.version);
    }
    // A finished commit removes its scratch itself, also where it was overtaken.
    const committed = finished.at(-1) === 'commitPointer';
    if (event.type === 'update.settled' && !committed && opened !== null) {
      broken.push(`S-07: ${opened} was left behind`);
    }
  };

  for (const sight of trace) {
    if (sight.kind === 'begin') begin(sight.slot, sight.input);
    if (sight.kind === 'abort') {
      const byItself = last?.kind === 'sent' && isSettled(last.event, sight.slot);
      if (sight.slot === 'commitPointer' && !byItself) broken.push('C-03: a commit was interrupted');
      active = null;
    }
    if (sight.kind === 'sent') sent(sight.event.type);
    if (sight.kind === 'told') told(sight.event as UpdateEmitted);
    if (sight.kind === 'sent' && isSettled(sight.event, 'matchNatives') && 'output' in sight.event)
      closed = (sight.event.output as NativesOutcome).failure !== null;
    if (sight.kind === 'sent') last = sight;
  }
  return broken;
};
