import type { EventObject } from 'xstate';
import type {
  NativesComparison,
  NativesDraft,
  NativesOutcome,
  NativesProof,
  NativesRemains,
  NativeTree,
} from '#machines/contract.js';
import type { NativesEmitted, NativesInput } from '#machines/natives.js';
import { isSettled } from './exploration.ts';
import type { Sight, Trace } from './slots.ts';

const installing = ['claimTree', 'awaitOther', 'fetchNatives', 'buildNatives', 'proveNatives', 'commitTree'];
/** An effect may begin only when one of these has just ended well. */
const before: Readonly<Record<string, readonly string[]>> = {
  compareNatives: ['askExecutable'],
  findTree: ['compareNatives', 'awaitOther'],
  claimTree: ['findTree'],
  awaitOther: ['claimTree'],
  fetchNatives: ['claimTree'],
  proveNatives: ['fetchNatives', 'buildNatives'],
  buildNatives: ['proveNatives'],
  commitTree: ['proveNatives'],
};

/** What must hold whatever the chart looks like; gives the rules that a trace of one run breaks. */
export const brokenNativesRules = (trace: Trace, { mode }: Pick<NativesInput, 'mode'>): string[] => {
  const broken: string[] = [];
  let active = null as string | null;
  let last = null as Sight | null;
  let ended = null as string | null;
  let comparison = null as NativesComparison | null;
  let found = null as NativeTree | null;
  let scratch = null as string | null;
  let proven = false;
  let builds = 0;
  let [claims, installs, waits, lines, settled] = [0, 0, 0, 0, 0];
  let cancelled = false;

  const begin = (slot: string, input: unknown): void => {
    if (active !== null) broken.push(`${slot} began beside ${active}`);
    active = slot;
    if (settled > 0) broken.push(`${slot} began after the end`);
    const ways = before[slot];
    if (ways !== undefined && !ways.includes(ended ?? '')) broken.push(`N-05: ${slot} after ${ended}`);
    if (installing.includes(slot)) {
      if (mode === 'skip') broken.push(`N-06: ${slot} although trees are skipped`);
      if (comparison?.installable !== true) broken.push(`N-04: ${slot} although nothing is pinned`);
      if (comparison?.lacking.length === 0) broken.push(`N-05: ${slot} although everything fits`);
      if (found !== null) broken.push(`N-04: ${slot} although the tree with this stamp is there`);
      if (cancelled) broken.push(`C-03: ${slot} began after the cancel`);
    }
    if (slot === 'findTree' && mode === 'skip')
      broken.push('N-06: a tree was looked for although they are skipped');
    if (slot === 'buildNatives') builds += 1;
    if (builds > 1) broken.push('N-04: built more than once');
    if (slot === 'proveNatives') proven = false;
    if (slot === 'commitTree') {
      if (!proven) broken.push('P-10: a tree was committed that nobody has seen loading');
      if ((input as NativesDraft).scratch !== scratch)
        broken.push('S-07: the scratch of somebody else was committed');
    }
    if (slot === 'cleanTree') {
      if ((input as NativesRemains).scratch !== scratch) broken.push('S-07: another scratch was cleaned');
      scratch = null;
    }
  };

  const ends = (event: EventObject): void => {
    if (event.type === 'natives.cancel') cancelled = true;
    if (active === null || !isSettled(event, active)) return;
    ended = event.type.startsWith('xstate.done') ? active : null;
    const output = 'output' in event ? event.output : undefined;
    if (active === 'compareNatives' && ended !== null) comparison = output as NativesComparison;
    if (active === 'findTree' && ended !== null) found = output as NativeTree | null;
    if (active === 'claimTree' && typeof output === 'string') {
      scratch = output;
      claims += 1;
    }
    if (active === 'proveNatives') proven = (output as NativesProof | undefined)?.kind === 'loaded';
    if (active === 'commitTree' && ended !== null) scratch = null;
  };

  const settle = ({ kind, tree, failure, places }: NativesOutcome): void => {
    settled += 1;
    if (scratch !== null) broken.push(`S-07: ${scratch} is left behind`);
    if (tree !== null && failure !== null) broken.push('N-07: a tree, and the gate is closed all the same');
    if ((kind === 'cached' || kind === 'ready') !== (tree !== null)) broken.push(`N-05: ${kind} and a tree`);
    const misfits = comparison?.lacking.filter(({ certain }) => certain) ?? [];
    const placed = new Set(places.map(({ name }) => name));
    if (failure === null && misfits.some(({ name }) => !placed.has(name)))
      broken.push('N-07: the gate is open for what fits nowhere');
    if (failure !== null && misfits.length === 0)
      broken.push('N-07: the gate is closed, and nobody can tell');
    if (kind === 'matched' && comparison?.lacking.length !== 0)
      broken.push('N-05: matched, and something lacks');
    const loud = kind === 'ready' || installs > 0;
    if (!loud && waits === 0 && lines > 0) broken.push('N-05: a line to the user for nothing');
    if (installs !== claims) broken.push(`N-05: ${installs} lines for ${claims} installs`);
    if (claims > 1) broken.push('N-05: two installs in one run');
  };

  const told = (event: NativesEmitted): void => {
    if (event.type === 'natives.settled') {
      settle(event.outcome);
      return;
    }
    lines += 1;
    if (event.type === 'natives.waiting') waits += 1;
    else installs += 1;
    if (event.type === 'natives.installing' && scratch === null)
      broken.push('N-05: told of an install without a claim');
  };

  for (const sight of trace) {
    if (sight.kind === 'begin') begin(sight.slot, sight.input);
    if (sight.kind === 'abort') {
      const byItself = last?.kind === 'sent' && isSettled(last.event, sight.slot);
      if (!byItself && ['commitTree', 'cleanTree'].includes(sight.slot))
        broken.push(`C-03: ${sight.slot} was interrupted`);
      active = null;
    }
    if (sight.kind === 'sent') {
      ends(sight.event);
      last = sight;
    }
    if (sight.kind === 'told') told(sight.event as NativesEmitted);
  }
  return broken;
};
