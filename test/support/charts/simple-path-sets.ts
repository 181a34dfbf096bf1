import type { AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate';
import { defaultLaunchInput, type LaunchContext, launchMachine } from '#machines/launch.js';
import { type NativesContext, type NativesInput, nativesMachine } from '#machines/natives.js';
import { type PluginInstallInput, pluginInstallMachine } from '#machines/plugin-install.js';
import type { Schedule } from '#machines/schedule.js';
import { type SupervisorContext, supervisorMachine } from '#machines/supervisor.js';
import { type UpdateContext, updateMachine } from '#machines/update.js';
import { launchInput, launchOutcomes } from './launch-events.ts';
import { brokenLaunchRules } from './launch-invariants.ts';
import { nativesOutcomes } from './natives-events.ts';
import { brokenNativesRules } from './natives-invariants.ts';
import { createPathMap, type Seen } from './path-map.ts';
import { pluginEssence, pluginOutcomes } from './plugin-events.ts';
import { brokenPluginRules } from './plugin-invariants.ts';
import type { SimplePaths } from './simple-paths.ts';
import { launchSlots, nativesSlots, pluginSlots, type Trace, updateSlots } from './slots.ts';
import { supervisorAlone } from './supervisor-children.ts';
import { supervisorOutcomes } from './supervisor-events.ts';
import { brokenSupervisorRules } from './supervisor-invariants.ts';
import { updateOutcomes } from './update-events.ts';
import { brokenUpdateRules } from './update-invariants.ts';

type Projection = (state: AnyMachineSnapshot) => unknown;

/** A set of simple paths, and the same chart on effects that never settle. */
export type PathSet = SimplePaths & {
  readonly input: unknown;
  readonly onFakes: (trace: Seen[]) => AnyStateMachine;
};

const ordered = (to: string, event: EventObject): Seen => {
  if (to !== 'launch' && to !== 'update') throw new Error(`an order to ${to}`);
  return { kind: 'ordered', to, event };
};

/** The order of a run and why it is cleaned up count for guards only meanwhile. */
const run = (state: AnyMachineSnapshot): unknown[] => {
  const { order, result } = state.context as UpdateContext;
  return [state.value, state.hasTag('busy') && order, state.matches('cleaning') && result?.kind];
};

/** Merged: what was answered before, schedules that change, and deferrals, which only answers bring. */
export const byRun: Projection = run;
/** Merged: what was answered before and schedules that change. */
export const byDeferral: Projection = state => [
  ...run(state),
  state.context.deferral !== null,
  state.context.outgrown.length,
];

export const updatePaths = (
  times: Schedule | null,
  project: Projection,
  machine: AnyStateMachine = updateMachine,
): PathSet => {
  const input = { schedule: times };
  return {
    input,
    rules: trace => brokenUpdateRules(trace as Trace),
    map: createPathMap({ machine, input, outcomes: updateOutcomes, project, ordered }),
    onFakes: trace => machine.provide({ actors: updateSlots(trace as Trace).actors }),
  };
};

/** Merged: which candidate it is, how many failed or died before it, and what it has earned. */
export const bySuspicion: Projection = ({ value, context }) => [
  value,
  (context as LaunchContext).suspects.length > 0,
];
/** All that guards and the list of candidates depend on. */
export const byCandidate: Projection = ({ value, context }) => {
  const { candidate, queue, failed, suspects, deaths, trusted } = context as LaunchContext;
  return [value, candidate?.version, queue.length, failed, suspects.length, deaths, trusted];
};

export const launchPaths = (project: Projection, machine: AnyStateMachine = launchMachine): PathSet => ({
  input: launchInput,
  rules: trace => brokenLaunchRules(trace as Trace),
  map: createPathMap({
    machine,
    input: launchInput,
    outcomes: launchOutcomes,
    project,
    ordered: (_, order) => ({ kind: 'order', order }) as Seen,
  }),
  onFakes: trace => machine.provide({ actors: launchSlots(trace as Trace).actors }),
});

/** Merged: which tree or scratch it is, and what went wrong. */
const byWant: Projection = ({ value, context }) => {
  const { lacking, installable, scratch, built } = context as NativesContext;
  return [value, lacking, installable, scratch !== null, built];
};

export const nativesPaths = (input: NativesInput, machine: AnyStateMachine = nativesMachine): PathSet => ({
  input,
  rules: trace => brokenNativesRules(trace as Trace, input),
  map: createPathMap({ machine, input, outcomes: nativesOutcomes, project: byWant, ordered }),
  onFakes: trace => machine.provide({ actors: nativesSlots(trace as Trace).actors }),
});

export const pluginPaths = (
  input: PluginInstallInput,
  machine: AnyStateMachine = pluginInstallMachine,
): PathSet => ({
  input,
  rules: trace => brokenPluginRules(trace as Trace, input),
  map: createPathMap({ machine, input, outcomes: pluginOutcomes, project: pluginEssence, ordered }),
  onFakes: trace => machine.provide({ actors: pluginSlots(trace as Trace).actors }),
});

/** Merged: which leases there are, and what is staged. */
const byRegions: Projection = ({ value, context }) => [value, (context as SupervisorContext).leases.length];

export const supervisorPaths = (
  times: Schedule | null,
  machine: AnyStateMachine = supervisorMachine,
): PathSet => {
  const input = { schedule: times, launch: defaultLaunchInput };
  return {
    input,
    rules: trace => brokenSupervisorRules(trace),
    map: createPathMap({ machine, input, outcomes: supervisorOutcomes, project: byRegions, ordered }),
    onFakes: trace => supervisorAlone(trace),
  };
};
