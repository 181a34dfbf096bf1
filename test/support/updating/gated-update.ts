import { createActor, fromPromise, type PromiseActorLogic, toPromise } from 'xstate';
import { type UpdateLogic, updateLogic } from '#src/actors/update.js';
import type { StagingEffects } from '#src/staging/effects.js';
import { createGates, type Gates } from '../charts/gates.ts';

/** While a promise is here, an effect that has ended does not yet tell the chart: it might have taken longer. */
export type Hold = { until: Promise<void> | null };

const gated = (gates: Gates, effects: StagingEffects, hold: Hold): StagingEffects => {
  const gate = <Input extends readonly unknown[], Output>(
    name: string,
    work: (...input: Input) => Promise<Output>,
  ) =>
    gates.gate(name, async (...input: Input) => {
      try {
        return await work(...input);
      } finally {
        await hold.until;
      }
    });
  return {
    check: gate('checkRegistry', effects.check),
    download: gate('download', effects.download),
    extract: gate('extract', effects.extract),
    stageNatives: gate('stageNatives', effects.stageNatives),
    verify: gate('verifyTree', effects.verify),
    adopt: gate('adoptFolder', effects.adopt),
    commit: gate('commitPointer', effects.commit),
    clean: effects.clean,
    close: effects.close,
  };
};

type CleanInput = { readonly scratch: string | null };

/** The update chart with its real actors; every effect waits at a gate of its slot's name. */
export const gatedUpdate = (effects: StagingEffects): { logic: UpdateLogic; gates: Gates; hold: Hold } => {
  const gates = createGates();
  const hold: Hold = { until: null };
  const logic = updateLogic(
    gated(gates, effects, hold),
    () => undefined,
    () => 0.5,
  );
  // The whole actor waits here: also where there is nothing to remove, and before it looks at what still runs.
  const clean = logic.implementations.actors.cleanScratch as PromiseActorLogic<void, CleanInput>;
  const behindGate = gates.gate('cleanScratch', async (input: CleanInput): Promise<void> => {
    const inner = createActor(clean, { input });
    inner.subscribe({ error: () => undefined });
    inner.start();
    await toPromise(inner);
  });
  const cleanScratch = fromPromise<void, CleanInput>(({ input }) => behindGate(input));
  return { logic: logic.provide({ actors: { cleanScratch } }), gates, hold };
};
