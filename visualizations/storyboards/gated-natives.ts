import { runNatives } from '#src/actors/natives.js';
import { nativesSetup } from '#src/launching/natives.js';
import type { LaunchSetup } from '#src/launching/setup.js';
import { createNativesEffects } from '#src/natives/asking.js';
import type { NativesEffects } from '#src/natives/effects.js';
import type { MatchNatives } from '#src/natives/matching.js';
import { installOnDemand } from '#src/natives-on-demand.js';
import type { StagingEffects } from '#src/staging/effects.js';
import { type ChartStep, watchSteps } from './chart-steps.ts';
import type { Gates } from './gates.ts';

const gated = ({ gate }: Gates, effects: NativesEffects): NativesEffects => ({
  ask: gate('askExecutable', effects.ask),
  compare: gate('compareNatives', effects.compare),
  find: gate('findTree', effects.find),
  claim: gate('claimTree', effects.claim),
  awaitOther: gate('awaitOther', effects.awaitOther),
  fetch: gate('fetchNatives', effects.fetch),
  build: gate('buildNatives', effects.build),
  prove: gate('proveNatives', effects.prove),
  commit: gate('commitTree', effects.commit),
  clean: gate('cleanTree', effects.clean),
});

/**
 * The chart of natives on its real effects, each behind a gate. It runs from its beginning also where everything fits, which in
 * an app is found out without it.
 */
export const gatedNatives = (
  gates: Gates,
  setup: LaunchSetup,
  staging: StagingEffects,
  tell: (step: ChartStep) => void,
): MatchNatives => {
  const { natives, mode, ...rest } = nativesSetup(setup);
  const install = installOnDemand(staging.fetchNatives);
  const effects = gated(gates, createNativesEffects({ natives, mode, ...rest }, { install }));
  const none = gates.gate('matchNatives', async () => ({
    kind: 'matched' as const,
    tag: null,
    places: [],
    tree: null,
    failure: null,
    fault: null,
  }));
  return natives.length === 0
    ? none
    : (subject, signal) =>
        runNatives(effects, { mode, subject }, signal, { inspect: watchSteps(tell, 'natives') });
};
