import type { ResolveInput, SettleInput } from '#machines/contract.js';
import type { RuntimeInput, RuntimeOrder } from '#machines/launch.js';
import type { Outward } from './product.ts';
import { type Errand, type Job, noVersion, strikesOf, versionOf, type World } from './world.ts';

export type Reaction = { readonly world: World; readonly broken: readonly string[] };

const spawnLimit = 3;

const errandOf = (world: World, { suspect, verdict }: SettleInput['judgements'][number]): Errand[] => {
  if (suspect.attempt === null) return [];
  const version = versionOf(suspect.candidate.version);
  const mark = suspect.candidate.role === 'bundled' ? 'none' : verdict.mark;
  const followed = world.open.length > 0 && version > 0 && suspect.attempt.startsWith('attempt');
  if (!followed && mark === 'none') return [];
  return [{ version, mark, own: true, stage: 'judged' }];
};

/** Each open attempt of a dead shell is a strike; what an earlier recovery still does is not done twice. */
const recovering = (world: World): World => {
  const before = world.jobs.some(({ errands }) => errands.some(({ own }) => !own));
  const errands = before
    ? []
    : world.orphaned.flatMap((count, version) =>
        Array.from(
          { length: count },
          (): Errand => ({ version, mark: 'strike', own: false, stage: 'judged' }),
        ),
      );
  return { ...world, orphan: noVersion, jobs: [...world.jobs, { slot: 'recoverStore', errands }] };
};

const spawned = (world: World, { candidate }: RuntimeInput): Reaction => {
  const version = versionOf(candidate.version);
  const spawns = world.spawns + 1;
  const broken: string[] = [];
  if (world.child !== null) broken.push('P-30: two children at once');
  if (world.orphan !== noVersion) broken.push('P-30: a spawn beside an orphan');
  if (spawns > spawnLimit) broken.push('P-28: more than three spawns in a launch');
  // A rollback that is being carried out ends what begins meanwhile.
  if (version > 0 && strikesOf(world, version) >= 2 && !world.ignoring && world.leaving?.from !== version)
    broken.push('S-06: a condemned version is launched');
  const child = { version, phase: 'starting', ordered: 'no', followed: true } as const;
  return { world: { ...world, child, spawns: Math.min(spawns, spawnLimit) }, broken };
};

const begun = (world: World, slot: string, input: unknown): Reaction => {
  if (slot === 'runtime') return spawned(world, input as RuntimeInput);
  if (slot === 'recoverStore') return { world: recovering(world), broken: [] };
  if (slot === 'settleVerdicts') {
    const errands = (input as SettleInput).judgements.flatMap(judgement => errandOf(world, judgement));
    return { world: { ...world, jobs: [...world.jobs, { slot, errands }] }, broken: [] };
  }
  if (slot === 'resolveCandidates' && (input as ResolveInput).exclude.length === 0)
    return { world: { ...world, spawns: 0 }, broken: [] };
  return { world, broken: [] };
};

const left = (world: World, slot: string): Reaction => {
  if (slot === 'recoverStore' || slot === 'settleVerdicts') {
    const jobs = world.jobs.map((job): Job => (job.slot === slot ? { ...job, slot: null } : job));
    return { world: { ...world, jobs }, broken: [] };
  }
  if (slot === 'runtime' && world.child !== null) {
    return {
      world: { ...world, child: { ...world.child, followed: false } },
      broken: ['P-30: a living child is let go of'],
    };
  }
  if (slot === 'commitPointer' && world.placed) return { world, broken: ['C-03: a commit is interrupted'] };
  return { world, broken: [] };
};

const ordered = (world: World, { because }: RuntimeOrder): World =>
  world.child === null ? world : { ...world, child: { ...world.child, ordered: because } };

const told = (world: World, type: string): World => {
  if (type === 'launch.ready') return { ...world, spawns: 0 };
  return type === 'update.settled' ? { ...world, owed: false } : world;
};

const after = (world: World, demand: Outward): Reaction => {
  if (demand.kind === 'begin') return begun(world, demand.slot, demand.input);
  if (demand.kind === 'abort') return left(world, demand.slot);
  if (demand.kind === 'told') return { world: told(world, demand.event.type), broken: [] };
  return { world: ordered(world, demand.event as unknown as RuntimeOrder), broken: [] };
};

const sameSubject = (a: Errand, b: Errand): boolean => a.version === b.version && a.own === b.own;

/** A job that no chart waits for, and that has nothing left to do that an earlier one does not do, is no job. */
const pruned = (world: World): World => {
  const jobs = world.jobs.filter(({ slot, errands }, place) => {
    if (slot !== null) return true;
    const earlier = world.jobs.slice(0, place).flatMap(job => job.errands);
    return errands.some(errand => !earlier.some(known => sameSubject(known, errand)));
  });
  return jobs.length === world.jobs.length ? world : { ...world, jobs };
};

/** The world after the charts have spoken, and the rules that this broke. */
export const react = (world: World, outward: readonly Outward[]): Reaction => {
  let now = world;
  const broken: string[] = [];
  for (const demand of outward) {
    const reaction = after(now, demand);
    now = reaction.world;
    broken.push(...reaction.broken);
  }
  return { world: pruned(now), broken };
};
