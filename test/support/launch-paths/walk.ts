import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { createActor, type InspectionEvent, SimulatedClock } from 'xstate';
import type { LaunchContext } from '#machines/launch.js';
import { launchLogic } from '#src/actors/launch.js';
import { createLaunchEffects, type LaunchEffects } from '#src/launching/effects.js';
import { openJournal } from '#src/store/journal.js';
import type { createCoverage } from '../charts/coverage.ts';
import type { Path } from '../charts/exploration.ts';
import { breathe } from '../charts/slots.ts';
import { input, type Worded } from './model.ts';
import { createRules } from './rules.ts';
import { createStage, type Slot, slots } from './stage.ts';
import { endAsOrdered, type Scene, words } from './words.ts';
import { createWorld } from './world.ts';

export const wordsOf = (path: Path): string[] => path.map(({ event }) => (event as Worded).word);

/** What the model and the real launch must agree on after every step, beside the state. */
const view = ({ candidate, queue, failed, suspects, judgements, deaths, trusted }: LaunchContext) => ({
  candidate: candidate === null ? null : `${candidate.role} ${candidate.version}`,
  queue: queue.map(({ version }) => version),
  failed,
  suspects: suspects.map(({ candidate: { version }, observation }) => `${version} ${observation}`),
  judgements: judgements.map(({ suspect, verdict }) => `${suspect.candidate.version} ${verdict.mark}`),
  deaths,
  trusted,
});

const tooLongMs = 15_000;

export const inTime = async <Output>(work: Promise<Output>): Promise<Output> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came in ${tooLongMs} ms`)), tooLongMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** Lets everything be heard that has settled. */
export const settled = async (): Promise<void> => {
  await breathe();
  await nextTurn();
  await breathe();
};

const slotOf = ({ type }: Worded): Slot[] => {
  const name = /^xstate\.(?:done|error)\.actor\.(.+)$/.exec(type)?.[1];
  return slots.filter(slot => slot === name);
};

export type WalkOptions = {
  readonly dir: string;
  /** A free port, for a path in which somebody else answers there; else the proof comes over IPC. */
  readonly port: number | null;
  readonly coverage: ReturnType<typeof createCoverage>;
  /** Puts other effects in the place of the real ones, to see that it would be noticed. */
  readonly mutate?: (effects: LaunchEffects) => LaunchEffects;
};

/** The scene of one launch: a store, its real effects at their gates, the chart on a clock of its own. */
const setTheScene = ({ dir, port, coverage, mutate = same => same }: WalkOptions): Scene => {
  const world = createWorld(dir, port);
  const output = { said: 0, heard: (): void => undefined };
  const real = mutate(
    createLaunchEffects(world.setup, openJournal(world.setup.fs, world.layout), {
      output: (_, chunk) => {
        if (!chunk.includes('serving\n')) return;
        output.said += 1;
        output.heard();
      },
    }),
  );
  const stage = createStage(real);
  const clock = new SimulatedClock();
  const actor = createActor(launchLogic(stage.effects), {
    input,
    clock,
    inspect: (event: InspectionEvent) => coverage.inspect(event),
  });
  const serving = async (): Promise<void> => {
    const before = output.said;
    while (output.said === before)
      await new Promise<void>(resolve => {
        output.heard = resolve;
      });
  };
  return { world, stage, rules: createRules(world), actor, clock, real, port, serving };
};

/** Lets the calls through that the chart has left; a mark that the path wants unwritten stays so for these, too. */
const abandon = async (scene: Scene, rest: Path): Promise<Slot[]> => {
  const { stage, actor, world, rules } = scene;
  const isAtWork = (slot: Slot): boolean =>
    actor.getSnapshot().children[slot]?.getSnapshot().status === 'active';
  const verdict = wordsOf(rest).find(word =>
    ['settled', 'mark not written', 'settling breaks'].includes(word),
  );
  const work = (): Promise<Slot[]> => stage.abandoned(isAtWork, rules.begins);
  return verdict === 'mark not written' ? world.during(world.layout.badVersions, work) : work();
};

/** From wherever a path has ended to the end of the launch, as a host that quits brings it about. */
const quit = async (scene: Scene): Promise<void> => {
  const { actor, stage, rules } = scene;
  const running = (): boolean => actor.getSnapshot().status === 'active';
  if (running()) actor.send({ type: 'launch.stop' });
  for (let turn = 0; running() && turn < 20; turn += 1) {
    await settled();
    const ran = await abandon(scene, []);
    const waiting = slots.find(slot => stage.waiting(slot));
    if (waiting !== undefined) {
      rules.begins(waiting);
      await stage.open(waiting);
      ran.push(waiting);
    } else if (actor.getSnapshot().children.runtime !== undefined) await endAsOrdered(scene);
    await settled();
    rules.after(ran);
  }
  if (running()) throw new Error(`the launch does not end: ${JSON.stringify(actor.getSnapshot().value)}`);
};

/** Replays one path on real effects; gives what went wrong, each with the step at which it did. */
export const walk = async (path: Path, options: WalkOptions): Promise<string[]> => {
  mkdirSync(options.dir, { recursive: true });
  const scene = setTheScene(options);
  const { actor, rules } = scene;
  const faults: unknown[] = [];
  const wrong: string[] = [];
  const note = (at: number, what: string): void => {
    const way = wordsOf(path)
      .slice(0, at + 1)
      .join(' → ');
    wrong.push(`${what}, after ${at + 1} of ${path.length} steps: ${way}`);
  };
  const compare = (at: number): void => {
    const [model, now] = [path[at]?.state, actor.getSnapshot()];
    if (model === undefined) return;
    const [wanted, got] = [model, now].map(({ value, context }) => [value, view(context as LaunchContext)]);
    if (!isDeepStrictEqual(wanted, got))
      note(at, `the chart is at ${JSON.stringify(got)} and the model at ${JSON.stringify(wanted)}`);
    for (const rule of rules.broken().slice(wrong.length)) note(at, rule);
  };

  actor.subscribe({ error: error => faults.push(error) });
  actor.start();
  options.coverage.visit(actor);
  let at = 0;
  try {
    for (const { event } of path) {
      const worded = event as Worded;
      const word = words[worded.word];
      if (word === undefined) throw new Error(`no such word: ${worded.word}`);
      await inTime(Promise.resolve(word(scene)));
      await settled();
      rules.after([...slotOf(worded), ...(await inTime(abandon(scene, path.slice(at + 1))))]);
      compare(at);
      if (wrong.length > 0) break;
      at += 1;
    }
    await inTime(quit(scene));
    rules.over();
    for (const rule of rules.broken().slice(wrong.length)) note(path.length - 1, rule);
  } catch (error) {
    note(at, String(error));
  }
  for (const fault of faults) note(path.length - 1, `the chart broke: ${String(fault)}`);
  actor.stop();
  scene.real.runtimes.end();
  // What a runtime that was ended leaves to be written comes after its end.
  await rm(options.dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  return wrong;
};
