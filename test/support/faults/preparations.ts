import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CheckResult, CommitInput, Release } from '#machines/contract.js';
import { ownToken } from '#src/process/identity.js';
import { openAttempt } from '#src/store/attempts.js';
import { markBad } from '#src/store/bad-versions.js';
import { recordReady, recordTrusted } from '#src/store/health.js';
import { newScratch, ownedName } from '#src/store/layout.js';
import { takeLease } from '#src/store/lease.js';
import { writePin } from '#src/store/pin.js';
import { clearPointer, readPointer } from '#src/store/pointer.js';
import { makeDead } from './dead-writer.ts';
import { effectsOf, type World } from './store-world.ts';

const never = new AbortController().signal;
const silent = (): void => undefined;

export type Offer = { readonly release: Release; readonly scratch: string };

const offerOf = (result: CheckResult): Offer => {
  if (result.kind === 'available' || result.kind === 'adoptable') return result;
  throw new Error(`no offer: ${JSON.stringify(result)}`);
};

/** The steps of the update chart up to a tree that waits for its commit. */
const untilVerified = async (world: World): Promise<CommitInput> => {
  const effects = effectsOf(world);
  const offer = offerOf(await effects.check({ origin: 'host' }, never));
  await effects.download(offer, never, silent);
  await effects.extract(offer, never, silent);
  await effects.stageNatives(offer, never, silent);
  return { ...offer, ...(await effects.verify(offer, never, silent)) };
};

/** A whole update as the chart orders it: adopts what is finished, and cleans up after a failure. */
export const update = async (world: World): Promise<unknown> => {
  const effects = effectsOf(world);
  const result = await effects.check({ origin: 'host' }, never);
  if (result.kind !== 'available' && result.kind !== 'adoptable') return result;
  const { release, scratch } = result;
  const offer = { release, scratch };
  try {
    const adopted = result.kind === 'adoptable' ? await effects.adopt(offer, never).catch(() => null) : null;
    if (adopted === null) {
      await effects.download(offer, never, silent);
      await effects.extract(offer, never, silent);
      await effects.stageNatives(offer, never, silent);
    }
    const { tree } = adopted ?? (await effects.verify(offer, never, silent));
    return await effects.commit({ ...offer, tree }, never);
  } catch (error) {
    await effects.clean({ scratch }).catch(silent);
    throw error;
  }
};

const proofOf = ({ fs, layout }: World): { version: string; tree: string | null } => {
  const state = readPointer(fs, layout);
  if (state.kind !== 'valid') throw new Error('nothing is staged');
  return state.pointer;
};

const trust = async (world: World): Promise<void> => {
  const { version, tree } = proofOf(world);
  await recordReady(world.fs, world.layout, { version, tree });
  await recordTrusted(world.fs, world.layout, { version, tree });
};

/** What a registry offers next to a store. */
export type Publish = (version: string) => void;

const facts = {
  integrity: null,
  abi: '',
  shellVersion: '',
  cause: 'SHELL_DIED',
  reason: 'the shell died',
} as const;

/** Leftovers of a process that was killed while it staged and launched. */
const crash = async ({ fs, layout }: World): Promise<void> => {
  const version = '1.2.0';
  await openAttempt(fs, layout, { version, role: 'override', tree: null });
  await takeLease(fs, layout, version);
  const scratch = layout.partial(newScratch('1.3.0', ownToken()));
  mkdirSync(path.join(scratch, 'tree', 'lib'), { recursive: true });
  writeFileSync(path.join(scratch, 'tree', 'lib', 'half.js'), 'exp');
  writeFileSync(path.join(layout.root, `.current.json.${ownedName(ownToken())}.tmp`), '{"sch');
  mkdirSync(path.join(layout.trash, 'abcdef0123456789', 'lib'), { recursive: true });
  writeFileSync(path.join(layout.trash, 'abcdef0123456789', 'lib', 'gone.js'), '');
  makeDead(layout);
};

/** How a store came to be what a scenario begins with, from an empty one; versions are published as they are needed. */
export const preparations = {
  /** 1.1.0 is trusted and pointed to, 1.2.0 is on offer. */
  offered: async (world: World, publish: Publish): Promise<void> => {
    publish('1.1.0');
    await update(world);
    await trust(world);
    publish('1.2.0');
  },
  /** Also: a finished 1.2.0 without a pointer. */
  finished: async (world: World, publish: Publish): Promise<void> => {
    await preparations.offered(world, publish);
    const pointer = world.fs.readFileSync(world.layout.current);
    await update(world);
    await clearPointer(world.fs, world.layout);
    writeFileSync(world.layout.current, pointer);
  },
  /** 1.2.0 is verified and waits for its commit. */
  verified: async (world: World, publish: Publish): Promise<CommitInput> => {
    await preparations.offered(world, publish);
    return untilVerified(world);
  },
  /** 1.0.1 is of no use any more, 1.1.0 is the previous good version, 1.2.0 runs. */
  current: async (world: World, publish: Publish): Promise<void> => {
    publish('1.0.1');
    await update(world);
    await preparations.offered(world, publish);
    await update(world);
    await recordReady(world.fs, world.layout, proofOf(world));
  },
  /** 1.2.0 has run and was left by hand. */
  marked: async (world: World, publish: Publish): Promise<void> => {
    await preparations.current(world, publish);
    await markBad(world.fs, world.layout, { ...facts, version: '1.2.0', weight: 'bad' }, new Date());
  },
  pinned: async (world: World, publish: Publish): Promise<void> => {
    await preparations.current(world, publish);
    await writePin(world.fs, world.layout, '1.1.0');
  },
  damaged: async (world: World, publish: Publish): Promise<void> => {
    await preparations.current(world, publish);
    writeFileSync(path.join(world.layout.version('1.2.0'), 'cli.js'), 'rotten');
  },
  torn: async (world: World, publish: Publish): Promise<void> => {
    await preparations.current(world, publish);
    writeFileSync(world.layout.current, '{"schema":1,"vers');
  },
  crashed: async (world: World, publish: Publish): Promise<void> => {
    await preparations.current(world, publish);
    await crash(world);
  },
  /** The same for the second time. */
  crashedAgain: async (world: World, publish: Publish): Promise<void> => {
    await preparations.current(world, publish);
    const mark = { ...facts, version: '1.2.0', weight: 'strike' } as const;
    await markBad(world.fs, world.layout, mark, new Date());
    await crash(world);
  },
} as const;

export type Preparation = keyof typeof preparations;
