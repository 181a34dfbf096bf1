import type { Candidate, CommitInput, Judgement } from '#machines/contract.js';
import { failureOf } from '#machines/failure.js';
import { afterStart } from '#src/launching/after-start.js';
import { createLaunchEffects, type LaunchEffects } from '#src/launching/effects.js';
import { noteChild, openAttempt, resolveAttempt } from '#src/store/attempts.js';
import { markBad } from '#src/store/bad-versions.js';
import { nodeFileSystem } from '#src/store/file-system.js';
import { recordReady, recordTrusted } from '#src/store/health.js';
import { openJournal } from '#src/store/journal.js';
import { takeLease } from '#src/store/lease.js';
import { readPointer } from '#src/store/pointer.js';
import { forgiveVersion } from '#src/upkeep/forgiving.js';
import { collectGarbage } from '#src/upkeep/gc.js';
import { pin, unpin } from '#src/upkeep/pinning.js';
import { rollback } from '#src/upkeep/rollback.js';
import { type Preparation, update } from './preparations.ts';
import { effectsOf, type World } from './store-world.ts';

/** A named program over a store. */
export type Scenario = {
  readonly begins: Preparation;
  /** The versions that the next start may launch, whenever the program ends. */
  readonly allowed: readonly string[];
  /** The newest version of the registry, to which the next update must come. */
  readonly newest: string;
  readonly run: (world: World, input: CommitInput | undefined) => Promise<unknown>;
};

const journalOf = ({ fs, layout }: World) => openJournal(fs, layout);
const launching = (world: World): LaunchEffects => createLaunchEffects(world.setup, journalOf(world));

/** Known before the program begins: looked at past its port. */
const pointedTo = ({ layout }: World): Candidate => {
  const state = readPointer(nodeFileSystem, layout);
  if (state.kind !== 'valid') throw new Error('nothing is pointed to');
  const { version, tree } = state.pointer;
  return { role: 'override', version, tree, firstStart: false };
};

const judgementOf = (candidate: Candidate, attempt: string): Judgement => ({
  suspect: {
    candidate,
    attempt,
    observation: 'exitedEarly',
    failure: failureOf({ code: 'LAUNCH_EXITED_EARLY', message: 'it died', hint: '' }),
    exit: null,
  },
  verdict: { kind: 'version', mark: 'bad', reason: 'it died and the one before it did not' },
});

const never = new AbortController().signal;

/** What a start does before and after its runtime. */
export const startUp = async (world: World): Promise<Candidate> => {
  const effects = launching(world);
  await effects.recover();
  const { candidates } = await effects.resolve({ exclude: [] });
  for (const candidate of candidates) {
    try {
      await effects.checkTree(candidate);
    } catch (error) {
      if (failureOf(error).code === 'TREE_DAMAGED') await effects.quarantine(candidate);
      continue;
    }
    await afterStart(world.setup, candidate, journalOf(world));
    return candidate;
  }
  throw new Error('there is nothing to launch');
};

const both = { allowed: ['1.1.0', '1.2.0'], newest: '1.3.0' } as const;
const onlyNew = { allowed: ['1.2.0'], newest: '1.3.0' } as const;
const coming = { allowed: ['1.1.0', '1.2.0'], newest: '1.2.0' } as const;

export const scenarios = {
  stage: { ...coming, begins: 'offered', run: update },
  commit: {
    ...coming,
    begins: 'verified',
    run: async (world, input) => {
      if (input === undefined) throw new Error('nothing is verified');
      return effectsOf(world).commit(input, never);
    },
  },
  adopt: { ...coming, begins: 'finished', run: update },
  settle: {
    ...both,
    begins: 'current',
    run: async world => {
      const candidate = pointedTo(world);
      const effects = launching(world);
      const { id } = await effects.openAttempt(candidate, never);
      return effects.settle({ judgements: [judgementOf(candidate, id)] });
    },
  },
  rollback: {
    ...both,
    begins: 'current',
    run: ({ fs, layout, bundledDir }) => rollback(fs, layout, { bundledDir }),
  },
  mark: {
    ...onlyNew,
    begins: 'current',
    run: ({ fs, layout }) => {
      const facts = { integrity: null, abi: '', shellVersion: '', reason: 'it was slow' };
      const mark = { ...facts, version: '1.2.0', cause: 'LAUNCH_TIMED_OUT', weight: 'strike' } as const;
      return markBad(fs, layout, mark, new Date());
    },
  },
  forgive: {
    ...both,
    begins: 'marked',
    run: ({ fs, layout }) => forgiveVersion(fs, layout, '1.2.0'),
  },
  pin: {
    ...both,
    begins: 'current',
    run: ({ fs, layout, bundledDir }) => pin(fs, layout, { bundledDir }, '1.1.0'),
  },
  unpin: { ...both, begins: 'pinned', run: ({ fs, layout }) => unpin(fs, layout) },
  collect: {
    ...onlyNew,
    begins: 'current',
    run: ({ fs, layout, bundledDir }) => collectGarbage(fs, layout, { bundledDir }),
  },
  recover: { ...onlyNew, begins: 'crashed', run: startUp },
  'recover again': { ...both, begins: 'crashedAgain', run: startUp },
  repair: { ...both, begins: 'torn', run: startUp },
  quarantine: { allowed: ['1.1.0'], newest: '1.2.0', begins: 'damaged', run: startUp },
  attempt: {
    ...onlyNew,
    begins: 'current',
    run: async ({ fs, layout }) => {
      const { id } = await openAttempt(fs, layout, { version: '1.2.0', role: 'override', tree: null });
      await noteChild(fs, layout, id, 2 ** 30);
      await resolveAttempt(fs, layout, id, 'ready');
    },
  },
  prove: {
    ...onlyNew,
    begins: 'current',
    run: async world => {
      const { version, tree } = pointedTo(world);
      await recordReady(world.fs, world.layout, { version, tree });
      await recordTrusted(world.fs, world.layout, { version, tree });
    },
  },
  lease: {
    ...onlyNew,
    begins: 'current',
    run: async ({ fs, layout }) => {
      const lease = await takeLease(fs, layout, '1.2.0');
      await lease.hold(process.pid);
      await lease.release();
    },
  },
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof scenarios;
export const scenarioNames = Object.keys(scenarios) as readonly ScenarioName[];
