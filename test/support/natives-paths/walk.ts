import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createActor } from 'xstate';
import type { NativesContext, NativesEmitted, NativesInput } from '#machines/natives.js';
import { nativesLogic } from '#src/actors/natives.js';
import type { NativesEffects } from '#src/natives/effects.js';
import type { LoopbackRegistry } from '#src/testing/index.js';
import type { createCoverage } from '../charts/coverage.ts';
import type { Path } from '../charts/exploration.ts';
import { createGates, type Gates } from '../charts/gates.ts';
import { breathe } from '../charts/slots.ts';
import type { Want, Worded } from './model.ts';
import { createWorld, type NativesWorld } from './world.ts';

export const wordsOf = (path: Path): string[] => path.map(({ event }) => (event as Worded).word);

const slotOf = ({ type }: Worded): string => /^xstate\.(?:done|error)\.actor\.(.+)$/.exec(type)?.[1] ?? '';

/** Effects that no world makes fail: a defect of theirs. */
const defects = new Set([
  'askExecutable',
  'compareNatives',
  'findTree',
  'claimTree',
  'awaitOther',
  'proveNatives',
  'buildNatives',
]);

type Hands = { failing: string | null };

const gated = ({ gate }: Gates, effects: NativesEffects, hands: Hands): NativesEffects => {
  const work =
    <Input extends readonly unknown[], Output>(name: string, effect: (...input: Input) => Promise<Output>) =>
    (...input: Input): Promise<Output> =>
      hands.failing === name ? Promise.reject(new Error(`${name} is broken`)) : effect(...input);
  return {
    ask: gate('askExecutable', work('askExecutable', effects.ask)),
    compare: gate('compareNatives', work('compareNatives', effects.compare)),
    find: gate('findTree', work('findTree', effects.find)),
    claim: gate('claimTree', work('claimTree', effects.claim)),
    awaitOther: gate('awaitOther', work('awaitOther', effects.awaitOther)),
    fetch: gate('fetchNatives', work('fetchNatives', effects.fetch)),
    // A compiler takes its time: here the tree has already what a build would make.
    build: gate(
      'buildNatives',
      work('buildNatives', async () => undefined),
    ),
    prove: gate('proveNatives', work('proveNatives', effects.prove)),
    commit: gate('commitTree', work('commitTree', effects.commit)),
    clean: gate('cleanTree', work('cleanTree', effects.clean)),
  };
};

/** Makes the world so that the effect ends as the word says; gives what undoes it. */
const arrange = (world: NativesWorld, word: string, scratch: string): (() => void) | undefined => {
  switch (word) {
    case 'no runtime':
      world.runtime(false);
      return () => world.runtime(true);
    case 'a tree':
      if (!world.isThere()) world.layTree();
      return undefined;
    case 'another has it':
      world.otherBegins();
      return undefined;
    case 'awaitOther':
      world.otherEnds();
      return undefined;
    case 'refused':
      return world.swapModule(scratch);
    case 'fetchNatives fails':
      return world.registry.fault({ path: 'tarball' }, { kind: 'tamperTarball' });
    case 'commitTree fails':
      world.loseFile(scratch);
      return undefined;
    case 'cleanTree fails':
      return world.garbleLeases();
    default:
      return undefined;
  }
};

const wantOf = (path: Path): Want => {
  const compared = path.find(({ event }) => event.type === 'xstate.done.actor.compareNatives');
  return compared === undefined ? 'pinned' : ((compared.event as Worded).word as Want);
};

export type WalkOptions = {
  readonly dir: string;
  readonly registry: LoopbackRegistry;
  readonly coverage: ReturnType<typeof createCoverage>;
  readonly template: string | null;
  /** Is a cancelled effect turned away at its gate, or has it begun? */
  readonly midway: boolean;
  readonly mutate?: (effects: NativesEffects) => Partial<NativesEffects>;
};

/** Replays one path on real effects; gives what went wrong, each with the steps before it. */
export const walk = async (input: NativesInput, path_: Path, options: WalkOptions): Promise<string[]> => {
  const { dir, registry, coverage, template, midway, mutate = () => ({}) } = options;
  mkdirSync(dir, { recursive: true });
  const world = createWorld(path.join(dir, 'world'), registry, wantOf(path_), template);
  const gates = createGates();
  const hands: Hands = { failing: null };
  const effects = { ...world.effects, ...mutate(world.effects) };
  const actor = createActor(nativesLogic(gated(gates, effects, hands)), { input, inspect: coverage.inspect });
  const told: NativesEmitted[] = [];
  const faults: unknown[] = [];
  const wrong: string[] = [];
  actor.on('*', event => told.push(event));
  actor.subscribe({ error: error => faults.push(error) });
  actor.start();
  coverage.visit(actor);
  let [installs, done] = [0, 0];
  let stuck = false;
  let late: Promise<unknown> | null = null;

  const scratchNow = (): string => (actor.getSnapshot().context as NativesContext).scratch ?? '';
  const step = async (event: Worded): Promise<void> => {
    const slot = slotOf(event);
    if (slot === '') {
      const [waiting] = gates.waiting();
      if (midway && waiting !== undefined && !['cleanTree', 'commitTree'].includes(waiting))
        late = gates.open(waiting);
      actor.send({ type: 'natives.cancel' });
      return;
    }
    if (slot === 'cleanTree') await late;
    // Where nobody has heard of a claim, there may be nothing to remove.
    if (slot === 'cleanTree' && scratchNow() === '') {
      for (let turns = 0; turns < 5; turns += 1) await nextTurn();
      if (gates.waiting().includes(slot)) await gates.open(slot);
      await breathe();
      return;
    }
    await gates.arrival(slot);
    const undo = arrange(world, event.word, scratchNow());
    if (event.word.endsWith(' fails') && defects.has(slot)) hands.failing = slot;
    const outcome = await gates.open(slot);
    hands.failing = null;
    undo?.();
    const fails = event.type.startsWith('xstate.error');
    if ((outcome.status === 'rejected') !== fails)
      throw new Error(
        `${slot} was ${outcome.status}${outcome.status === 'rejected' ? `: ${outcome.reason}` : ''}`,
      );
    if (event.word === 'claimed') installs += 1;
    if (event.word === 'cleanTree fails') stuck = true;
    await nextTurn();
    await breathe();
  };

  const judge = async (at: number): Promise<void> => {
    const [model, now] = [path_[at]?.state, actor.getSnapshot()];
    if (model === undefined) return;
    const view = ({ value, context }: typeof model) => {
      const { lacking, installable, tree, scratch, built, fault } = context as NativesContext;
      const names = lacking.map(({ name, certain }) => `${name} ${certain}`);
      return JSON.stringify([
        value,
        names,
        installable,
        tree !== null,
        scratch !== null,
        built,
        fault !== null,
      ]);
    };
    if (view(model) !== view(now)) wrong.push(`the chart is at ${view(now)} and the model at ${view(model)}`);
    const over = now.status === 'done';
    const mine = world.ownScratch();
    if (over && mine.length > 0 && !stuck) wrong.push(`S-07: ${mine.join(', ')} is left behind`);
    if (mine.length > 1) wrong.push('N-04: two scratch folders for one tree');
    const look = await world.look();
    if (world.isThere() && look.kind !== 'whole') wrong.push(`P-10: the tree is ${look.kind}`);
    if (told.filter(({ type }) => type === 'natives.installing').length !== installs)
      wrong.push(`N-05: not one line for ${installs} installs`);
    if (now.output?.tree && look.kind !== 'whole') wrong.push('N-05: a tree that is not there');
    if (now.output?.kind === 'ready' && !world.isThere())
      wrong.push('N-04: ready, and nothing was committed');
    if (faults.length > 0) wrong.push(`the chart broke: ${String(faults[0])}`);
  };

  try {
    for (const { event } of path_) {
      await step(event as Worded);
      await judge(done);
      done += 1;
      if (wrong.length > 0) break;
    }
  } catch (error) {
    wrong.push(String(error));
  }
  if (late !== null) await late;
  actor.stop();
  gates.clear();
  await world.close();
  const way = wordsOf(path_)
    .slice(0, done + 1)
    .join(' → ');
  return wrong.map(
    what => `${what}, after ${done} of ${path_.length} steps (${input.mode}, ${wantOf(path_)}): ${way}`,
  );
};
