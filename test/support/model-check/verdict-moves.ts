import { closed } from './launch-moves.ts';
import { breaks, ends, type Move, type Scene, unheard } from './move.ts';
import { type Errand, type Job, noVersion, put, strikesOf, type World } from './world.ts';

const withFirst = (world: World, errand: Errand | null): World => {
  const [job, ...jobs] = world.jobs;
  if (job === undefined) return world;
  const rest = job.errands.slice(1);
  return { ...world, jobs: [{ ...job, errands: errand === null ? rest : [errand, ...rest] }, ...jobs] };
};

/** The attempt is closed last; an open one is judged again by a later shell. */
const closing = (world: World, errand: Errand): World => {
  const { version, own } = errand;
  const after = withFirst(world, null);
  if (own) return closed(after, version);
  return {
    ...after,
    orphaned: put(after.orphaned, version, Math.max((after.orphaned[version] ?? 0) - 1, 0)),
  };
};

const marking = (world: World, errand: Errand, job: Job, faults: boolean): Move[] => {
  const { version, mark, own } = errand;
  const strikes = mark === 'bad' ? 2 : Math.min(strikesOf(world, version) + 1, 2);
  const done = own ? put(world.marked, version, true) : world.marked;
  const marked = { ...world, strikes: put(world.strikes, version, strikes), marked: done };
  const next: Errand = { ...errand, stage: strikes < 2 ? 'removed' : 'marked' };
  const failed = { ...world, jobs: world.jobs.slice(1) };
  return [
    unheard(`verdicts: ${mark} for ${version}`, withFirst(marked, next)),
    ...(faults
      ? [
          job.slot === null
            ? unheard('verdicts: the mark can not be written', failed)
            : breaks('launch', job.slot, 'DISK_FULL', failed),
        ]
      : []),
  ];
};

const isInUse = ({ child, orphan }: World, version: number): boolean =>
  child?.version === version || orphan === version;

const advance = (world: World, errand: Errand, job: Job, faults: boolean): Move[] => {
  const { version, mark, own, stage } = errand;
  const closes = (): Move[] => [
    unheard(`verdicts: the attempt of ${version} is closed`, closing(world, errand)),
    ...(faults && own
      ? [unheard(`verdicts: the attempt of ${version} stays open`, withFirst(world, null))]
      : []),
  ];
  if (stage === 'judged') {
    const idle = mark === 'none' || (own && world.marked[version] === true);
    return idle ? closes() : marking(world, errand, job, faults);
  }
  if (stage === 'marked') {
    const pointer = world.pointer === version ? noVersion : world.pointer;
    return [
      unheard(
        `verdicts: no pointer to ${version}`,
        withFirst({ ...world, pointer }, { ...errand, stage: 'cleared' }),
      ),
      ...(faults
        ? [unheard(`verdicts: the pointer stays`, withFirst(world, { ...errand, stage: 'removed' }))]
        : []),
    ];
  }
  if (stage === 'cleared') {
    const next: Errand = { ...errand, stage: 'removed' };
    const folders = put(world.folders, version, 'absent' as const);
    const kept = unheard(`verdicts: the folder of ${version} stays`, withFirst(world, next));
    if (isInUse(world, version)) return [kept];
    return [
      unheard(`verdicts: no folder of ${version}`, withFirst({ ...world, folders }, next)),
      ...(faults ? [kept] : []),
    ];
  }
  return closes();
};

/**
 * Verdicts are carried out one after the other, each in four steps, whether or not a chart still waits for them: what
 * `createSettling` and `recover` do.
 */
export const verdictMoves = ({ world, may }: Scene): Move[] => {
  const [job] = world.jobs;
  if (job === undefined) return [];
  const [errand] = job.errands;
  if (errand !== undefined) return advance(world, errand, job, may('write'));
  const after = { ...world, jobs: world.jobs.slice(1) };
  const output = job.slot === 'settleVerdicts' ? { rolledBack: [] } : undefined;
  return job.slot === null ? [] : [ends('launch', job.slot, after, { output })];
};
