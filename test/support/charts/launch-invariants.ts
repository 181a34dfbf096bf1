import type { Candidate, NativesOutcome, ResolveInput, SettleInput } from '#machines/contract.js';
import type { LaunchEmitted, LaunchEvent, RuntimeInput } from '#machines/launch.js';
import { isSettled } from './exploration.ts';
import type { Sight, Trace } from './slots.ts';

type Fault = { readonly code?: string };
const spawnLimit = 3;
/** Effects on the way to a spawn: none begins after a stop. */
const towardsSpawn = ['resolveCandidates', 'checkTree', 'matchNatives', 'openAttempt', 'runtime', 'probe'];
const childEnded = ['runtime.exited', 'runtime.refused'];

/** What was found for a version is looked at in each of millions of traces. */
const texts = new WeakMap<object, string>();
const textOf = (outcome: NativesOutcome | null): string => {
  const known = outcome === null ? 'null' : texts.get(outcome);
  if (known !== undefined) return known;
  const text = JSON.stringify(outcome);
  if (outcome !== null) texts.set(outcome, text);
  return text;
};

/** What must hold whatever the chart looks like; gives the rules that a trace breaks. */
export const brokenLaunchRules = (trace: Trace): string[] => {
  const broken: string[] = [];
  let spawned: string[] = [];
  let alive = false;
  let ready = false;
  let judgedWhenReady = false;
  let stopped = false;
  let checked: string | null = null;
  let recorded: string | null = null;
  let natives: { readonly version: string; readonly outcome: NativesOutcome | null } | null = null;
  let last: LaunchEvent | null = null;

  const spawn = ({ candidate: { version }, attempt, natives: given }: RuntimeInput): void => {
    if (alive) broken.push('two children at once');
    if (spawned.includes(version)) broken.push(`L-03: ${version} was tried twice`);
    spawned.push(version);
    if (spawned.length > spawnLimit) broken.push(`P-28: ${spawned.length} spawns without a ready one`);
    if (checked !== version) broken.push(`P-09: ${version} was not checked before its spawn`);
    if (natives?.version !== version) broken.push(`N-07: nobody asked for the natives of ${version}`);
    if (natives?.outcome?.failure) broken.push(`N-07: ${version} was spawned although no native fits`);
    if (textOf(given) !== textOf(natives?.outcome ?? null))
      broken.push(`N-08: ${version} was given other natives than were found for it`);
    if (recorded !== version) broken.push(`P-01: no attempt of ${version} was recorded before its spawn`);
    if (attempt.candidate.version !== version) broken.push('L-05: the attempt of another version');
    checked = null;
    natives = null;
    recorded = null;
    alive = true;
    ready = false;
    judgedWhenReady = false;
  };

  const settle = ({ judgements }: SettleInput): void => {
    const marks = judgements.some(({ verdict }) => verdict.mark !== 'none');
    if (marks && !ready && !judgedWhenReady) broken.push('L-06: a version was marked without a control run');
    if (marks && ready) judgedWhenReady = true;
  };

  const begin = (slot: string, input: unknown): void => {
    if (stopped && towardsSpawn.includes(slot)) broken.push(`P-31: ${slot} began after the stop`);
    if (slot === 'resolveCandidates' && (input as ResolveInput).exclude.length === 0) spawned = [];
    if (slot === 'checkTree') checked = (input as Candidate).version;
    if (slot === 'matchNatives') natives = { version: (input as Candidate).version, outcome: null };
    if (slot === 'openAttempt') recorded = (input as Candidate).version;
    if (slot === 'runtime') spawn(input as RuntimeInput);
    if (slot === 'settleVerdicts') settle(input as SettleInput);
    if (slot === 'quarantineTree' && !isDamage(last)) broken.push('P-26: an undamaged tree was set aside');
  };

  const aborted = (slot: string): void => {
    if (slot !== 'runtime') return;
    const ended = last !== null && (childEnded.includes(last.type) || isSettled(last, 'runtime'));
    if (!ended) broken.push('P-30: a living child was abandoned');
    alive = false;
  };

  const told = (event: LaunchEmitted): void => {
    if (event.type === 'launch.ready') {
      ready = true;
      spawned = [];
    }
    if (event.type === 'launch.rolledBack' && !judgedWhenReady && event.versions.length > 0) {
      broken.push('L-09: a rollback without a verdict');
    }
  };

  const look = (sight: Sight): void => {
    if (sight.kind === 'begin') begin(sight.slot, sight.input);
    if (sight.kind === 'abort') aborted(sight.slot);
    if (sight.kind === 'told') told(sight.event as LaunchEmitted);
    if (sight.kind === 'sent') {
      last = sight.event as LaunchEvent;
      if (last.type === 'launch.stop') stopped = true;
      if (natives !== null && last.type === ('xstate.done.actor.matchNatives' as string))
        natives = { ...natives, outcome: (last as unknown as { output: NativesOutcome }).output };
    }
  };
  for (const sight of trace) look(sight);
  return broken;
};

const isDamage = (event: LaunchEvent | null): boolean =>
  event !== null &&
  isSettled(event, 'checkTree') &&
  (event as { error?: Fault }).error?.code === 'TREE_DAMAGED';
