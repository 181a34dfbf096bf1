import { createActor, fromPromise, type PromiseActorLogic, toPromise } from 'xstate';
import { type UpdateEffects, type UpdateLogic, updateLogic } from '#src/actors/update.js';
import { createGates, type Gates } from '../charts/gates.ts';

/** What runs behind the gates. */
export type Backstage = {
  /** While a promise is here, an effect that has ended does not yet tell the chart: it might have taken longer. */
  until: Promise<void> | null;
  /** The effects at work. */
  readonly working: Set<string>;
  /** Effects beside which a clean-up began. */
  readonly overlaps: string[];
};

const gated = (gates: Gates, effects: UpdateEffects, backstage: Backstage): UpdateEffects => {
  const { working, overlaps } = backstage;
  const gate = <Input extends readonly unknown[], Output>(
    name: string,
    work: (...input: Input) => Promise<Output>,
  ) =>
    gates.gate(name, async (...input: Input) => {
      working.add(name);
      try {
        return await work(...input);
      } finally {
        await backstage.until;
        working.delete(name);
      }
    });
  return {
    check: gate('checkRegistry', effects.check),
    download: gate('download', effects.download),
    extract: gate('extract', effects.extract),
    matchNatives: gate('matchNatives', effects.matchNatives),
    stageNatives: gate('stageNatives', effects.stageNatives),
    fetchNatives: effects.fetchNatives,
    verify: gate('verifyTree', effects.verify),
    adopt: gate('adoptFolder', effects.adopt),
    commit: gate('commitPointer', effects.commit),
    clean: input => {
      overlaps.push(...working);
      return effects.clean(input);
    },
    close: effects.close,
  };
};

type CleanInput = { readonly scratch: string | null };

type GatedUpdate = { readonly logic: UpdateLogic; readonly gates: Gates; readonly backstage: Backstage };

/** The update chart with its real actors; every effect waits at a gate of its slot's name. */
export const gatedUpdate = (effects: UpdateEffects): GatedUpdate => {
  const gates = createGates();
  const backstage: Backstage = { until: null, working: new Set(), overlaps: [] };
  const logic = updateLogic(
    gated(gates, effects, backstage),
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
  return { logic: logic.provide({ actors: { cleanScratch } }), gates, backstage };
};
