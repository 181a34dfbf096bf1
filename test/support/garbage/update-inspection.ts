import type { CheckResult } from '#machines/contract.js';
import { StagedoorError } from '#src/failure.js';
import { type StagingEffects, stagingInProcess } from '#src/staging/effects.js';
import { defaultLimits } from '#src/staging/limits.js';
import { storeLayout } from '#src/store/layout.js';
import { readPointer } from '#src/store/pointer.js';
import { app, fs } from '../app-world.ts';
import { published } from './store-maker.ts';

const silent = (): void => undefined;
const never = new AbortController().signal;

const effectsFor = (store: string, registry: string): StagingEffects =>
  stagingInProcess({
    package: app,
    channel: 'latest',
    registry,
    store,
    bundledVersion: '1.0.0',
    entry: undefined,
    natives: [],
    exec: process.execPath,
    execFacts: null,
    abi: 'test-abi',
    shellVersion: '1.0.0',
    limits: { ...defaultLimits, retries: 0 },
  });

/** The order of the update chart. */
const follow = async (
  effects: StagingEffects,
  offer: CheckResult,
): Promise<'staged' | CheckResult['kind']> => {
  if (offer.kind !== 'available' && offer.kind !== 'adoptable') return offer.kind;
  const input = { release: offer.release, scratch: offer.scratch };
  try {
    await effects.download(input, never, silent);
    await effects.extract(input, never, silent);
    await effects.stageNatives(input, never, silent);
    const { tree } = await effects.verify(input, never, silent);
    const output = await effects.commit({ ...input, tree }, never);
    return output.kind === 'committed' ? 'staged' : 'upToDate';
  } catch (error) {
    await effects.clean({ scratch: input.scratch });
    throw error;
  }
};

/** Stages what is published, or fails by a failure of the disk: the answer says which. Throws for anything else. */
export const inspectUpdate = async (store: string, registry: string): Promise<string> => {
  const effects = effectsFor(store, registry);
  try {
    const outcome = await follow(effects, await effects.check({ origin: 'host' }, never));
    const state = readPointer(fs, storeLayout(store));
    if (outcome === 'staged' && (state.kind !== 'valid' || state.pointer.version !== published))
      throw new Error(`it was staged, and the pointer is ${JSON.stringify(state)}`);
    return outcome;
  } catch (error) {
    if (error instanceof StagedoorError && error.blame === 'disk') return error.code;
    throw error;
  } finally {
    await effects.close();
  }
};
