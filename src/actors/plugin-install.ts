import { createActor, fromPromise, type InspectionEvent, toPromise } from 'xstate';
import type {
  PluginCommit,
  PluginCommitted,
  PluginComparison,
  PluginDraft,
  PluginOutcome,
  PluginPlan,
  PluginRemoved,
  PluginStaged,
  PluginVerified,
  PluginWish,
} from '../../machines/contract.ts';
import {
  type PluginInstallEmitted,
  type PluginInstallInput,
  pluginInstallMachine,
} from '../../machines/plugin-install.ts';
import type { PluginEffects } from '../plugins/effects.ts';
import { createLane, type Lane } from './lane.ts';

export type PluginLogic = typeof pluginInstallMachine;

type Slots = NonNullable<Parameters<PluginLogic['provide']>[0]['actors']>;
/** `provide` accepts a part; this makes every slot mandatory. */
type PluginActors = { [Slot in keyof Slots]-?: NonNullable<Slots[Slot]> };

const pluginActors = (effects: PluginEffects, lane: Lane): PluginActors => {
  /** A slot whose work is over only when the lane says so. */
  const step = <Output, Input>(work: (input: Input, signal: AbortSignal) => Promise<Output>) =>
    fromPromise<Output, Input>(({ input, signal }) => lane.run(() => work(input, signal)));
  return {
    resolvePlugin: step<PluginPlan, PluginWish>(effects.resolve),
    comparePlugin: step<PluginComparison, PluginPlan>(effects.compare),
    downloadPlugin: step<void, PluginDraft>(effects.download),
    stagePlugin: step<PluginStaged, PluginDraft>(effects.stage),
    verifyPlugin: step<PluginVerified, PluginDraft>(effects.verify),
    commitPlugin: step<PluginCommitted, PluginCommit>(effects.commit),
    removePlugin: step<PluginRemoved, PluginWish>(effects.remove),
    cleanPlugin: fromPromise<void, PluginPlan>(async ({ input }) => {
      await lane.idle();
      await effects.clean(input);
    }),
  };
};

/** The chart of plugins with its slots filled. The lane tells when nothing of it is at work any more. */
export const pluginLogic = (effects: PluginEffects, lane: Lane = createLane()): PluginLogic =>
  pluginInstallMachine.provide({ actors: pluginActors(effects, lane) });

export type PluginListener = {
  readonly tell?: ((event: PluginInstallEmitted) => void) | undefined;
  readonly inspect?: ((event: InspectionEvent) => void) | undefined;
};

/**
 * One run of the chart. An abort cancels it: the outcome is `cancelled`, or what was done before the abort came. Resolves when
 * no step works any more and what was begun is removed; rejects for a defect of ours only.
 */
export const runPluginInstall = async (
  effects: PluginEffects,
  input: PluginInstallInput,
  signal: AbortSignal,
  { tell, inspect }: PluginListener = {},
): Promise<PluginOutcome> => {
  if (signal.aborted) return { kind: 'cancelled' };
  const lane = createLane();
  const logic = pluginLogic(effects, lane);
  const actor = createActor(logic, { input, ...(inspect === undefined ? {} : { inspect }) });
  if (tell !== undefined) actor.on('*', tell);
  const cancel = (): void => actor.send({ type: 'plugin.cancel' });
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const settled = toPromise(actor);
    actor.start();
    return await settled;
  } finally {
    signal.removeEventListener('abort', cancel);
    await lane.idle();
  }
};
