import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createActor } from 'xstate';
import type {
  PluginInstallContext,
  PluginInstallEmitted,
  PluginInstallInput,
} from '#machines/plugin-install.js';
import { pluginLogic } from '#src/actors/plugin-install.js';
import type { PluginEffects } from '#src/plugins/effects.js';
import type { LoopbackRegistry } from '#src/testing/index.js';
import type { createCoverage } from '../charts/coverage.ts';
import type { Path } from '../charts/exploration.ts';
import { createGates, type Gates } from '../charts/gates.ts';
import { breathe } from '../charts/slots.ts';
import { isBefore, viewOf, type Want, type Worded } from './model.ts';
import { createWorld, type PluginWorld } from './world.ts';

export const wordsOf = (path: Path): string[] => path.map(({ event }) => (event as Worded).word);

const slotOf = ({ type }: Worded): string => /^xstate\.(?:done|error)\.actor\.(.+)$/.exec(type)?.[1] ?? '';

/** Effects that no world makes fail: a defect of theirs. */
const defects = new Set(['comparePlugin', 'cleanPlugin']);

type Hands = { failing: string | null };

const gated = ({ gate }: Gates, effects: PluginEffects, hands: Hands): PluginEffects => {
  const work =
    <Input extends readonly unknown[], Output>(name: string, effect: (...input: Input) => Promise<Output>) =>
    (...input: Input): Promise<Output> =>
      hands.failing === name ? Promise.reject(new Error(`${name} is broken`)) : effect(...input);
  return {
    resolve: gate('resolvePlugin', work('resolvePlugin', effects.resolve)),
    compare: gate('comparePlugin', work('comparePlugin', effects.compare)),
    download: gate('downloadPlugin', work('downloadPlugin', effects.download)),
    stage: gate('stagePlugin', work('stagePlugin', effects.stage)),
    verify: gate('verifyPlugin', work('verifyPlugin', effects.verify)),
    commit: gate('commitPlugin', work('commitPlugin', effects.commit)),
    remove: gate('removePlugin', work('removePlugin', effects.remove)),
    clean: gate('cleanPlugin', work('cleanPlugin', effects.clean)),
  };
};

/** Makes the world so that the effect ends as the word says; gives what undoes it. */
const arrange = (world: PluginWorld, word: string, scratch: string): (() => void) | undefined => {
  switch (word) {
    case 'resolvePlugin fails':
      return world.garbleLock();
    case 'downloadPlugin fails':
      return world.registry.fault({ path: 'tarball' }, { kind: 'tamperTarball' });
    case 'stagePlugin fails':
      world.cutArchives(scratch);
      return undefined;
    case 'verifyPlugin fails':
      world.addFile(scratch);
      return undefined;
    case 'commitPlugin fails':
    case 'removePlugin fails':
      return world.blockPointer();
    default:
      return undefined;
  }
};

const wantOf = (path: Path): Want => {
  const compared = path.find(({ event }) => event.type === 'xstate.done.actor.comparePlugin');
  return compared === undefined ? 'fits' : ((compared.event as Worded).word as Want);
};

export type WalkOptions = {
  readonly dir: string;
  readonly registry: LoopbackRegistry;
  readonly coverage: ReturnType<typeof createCoverage>;
  /** Is a cancelled effect turned away at its gate, or has it begun? */
  readonly midway: boolean;
  readonly mutate?: (effects: PluginEffects) => Partial<PluginEffects>;
};

const prepare = async (world: PluginWorld, words: readonly string[]): Promise<void> => {
  if (words.includes('present')) await world.installSame();
  else if (isBefore(words)) await world.installOlder();
};

/** Replays one path on real effects; gives what went wrong, each with the steps before it. */
export const walk = async (
  input: PluginInstallInput,
  path_: Path,
  options: WalkOptions,
): Promise<string[]> => {
  const { dir, registry, coverage, midway, mutate = () => ({}) } = options;
  mkdirSync(dir, { recursive: true });
  const world = createWorld(
    path.join(dir, 'world'),
    registry,
    wantOf(path_),
    wordsOf(path_).includes('hidden'),
  );
  await prepare(world, wordsOf(path_));
  const before = await world.state();
  const gates = createGates();
  const hands: Hands = { failing: null };
  const effects = { ...world.effects, ...mutate(world.effects) };
  const actor = createActor(pluginLogic(gated(gates, effects, hands)), { input, inspect: coverage.inspect });
  const told: PluginInstallEmitted[] = [];
  const faults: unknown[] = [];
  const wrong: string[] = [];
  actor.on('*', event => told.push(event));
  actor.subscribe({ error: error => faults.push(error) });
  actor.start();
  coverage.visit(actor);
  let done = 0;
  let act: 'installed' | 'removed' | null = null;
  let stuck = false;
  let late: Promise<unknown> | null = null;

  const scratchNow = (): string => (actor.getSnapshot().context as PluginInstallContext).plan.scratch;
  const step = async (event: Worded): Promise<void> => {
    const slot = slotOf(event);
    if (slot === '') {
      const [waiting] = gates.waiting();
      if (midway && waiting !== undefined && !/^(?:clean|commit|remove)/.test(waiting))
        late = gates.open(waiting);
      actor.send({ type: 'plugin.cancel' });
      await breathe();
      return;
    }
    if (slot === 'cleanPlugin') await late;
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
    if (event.type === 'xstate.done.actor.commitPlugin') act = 'installed';
    if (event.word === 'removed') act = 'removed';
    if (event.word === 'cleanPlugin fails') stuck = true;
    await nextTurn();
    await breathe();
  };

  const judge = async (at: number): Promise<void> => {
    const [model, now] = [path_[at]?.state, actor.getSnapshot()];
    if (model === undefined) return;
    const [is, due] = [now, model].map(snapshot => JSON.stringify(viewOf(snapshot)));
    if (is !== due) wrong.push(`the chart is at ${is} and the model at ${due}`);
    const over = now.status === 'done';
    const scratch = world.scratch();
    if (over && scratch.length > 0 && !stuck) wrong.push(`S-07: ${scratch.join(', ')} is left behind`);
    if (scratch.length > 1) wrong.push('S-07: two scratch folders for one plugin');
    const { version, whole, brought } = await world.state();
    const expected = act === 'installed' ? '1.2.0' : act === 'removed' ? null : before.version;
    if (version !== expected) wrong.push(`K-05: ${version} is installed, and ${expected} is due`);
    if (!whole) wrong.push('P-08: what is installed is not whole');
    if (brought.length > 0) wrong.push(`K-06: the tree has ${brought.join(', ')}`);
    if (over && !stuck && world.trees().length > (version === null ? 0 : 1))
      wrong.push(`P-13: trees are left: ${world.trees().join(', ')}`);
    const { kind } = now.output ?? { kind: null };
    if (over && (kind === 'installed') !== (act === 'installed')) wrong.push(`K-05: ${kind} after ${act}`);
    if (over && (kind === 'removed') !== (act === 'removed')) wrong.push(`K-05: ${kind} after ${act}`);
    if (over && told.at(-1)?.type !== 'plugin.settled') wrong.push('K-05: nobody is told of the end');
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
  world.close();
  const way = wordsOf(path_)
    .slice(0, done + 1)
    .join(' → ');
  return wrong.map(
    what => `${what}, after ${done} of ${path_.length} steps (${input.task}, ${wantOf(path_)}): ${way}`,
  );
};
