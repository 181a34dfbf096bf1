import type { State, Watch, Way } from './search.ts';
import { folderOf, noVersion, strikesOf, versionOf } from './world.ts';

/** The chart that is up, and with which version. */
export const isHealthy = ({ charts, world }: State): boolean =>
  charts.launch?.snapshot.hasTag('healthy') === true && world.child !== null;

export const isStarting = ({ charts }: State): boolean =>
  charts.supervisor.snapshot.matches({ runtime: { launched: 'starting' } });

const atWork = ({ charts, world }: State, ...slots: readonly string[]): boolean =>
  slots.some(
    slot =>
      charts.launch?.slots.has(slot) === true ||
      charts.update?.slots.has(slot) === true ||
      charts.supervisor.slots.has(slot),
  ) ||
  (slots.includes('settleVerdicts') && world.jobs.length > 0) ||
  (slots.includes('resolveCandidates') && world.clearing !== null);

const pointerRules = (before: State, { world, label }: Way): string[] => {
  const from = before.world.pointer;
  if (world.pointer === from || label.startsWith('world:')) return [];
  if (world.pointer > 0) {
    return atWork(before, 'commitPointer', 'changeStore') ? [] : ['U-06: the pointer is moved by nobody'];
  }
  if (!atWork(before, 'resolveCandidates', 'quarantineTree', 'settleVerdicts', 'changeStore'))
    return ['S-05: the pointer is cleared by nobody'];
  // A commit that has placed its folder is about to write the pointer anew.
  const sound =
    !before.world.placed &&
    from > 0 &&
    folderOf(before.world, from) === 'whole' &&
    strikesOf(before.world, from) < 2;
  return sound && !atWork(before, 'changeStore') ? ['L-05: a pointer to a sound version is cleared'] : [];
};

/** L-06: no pointer is cleared and no folder removed by a verdict before its mark. */
const verdictRules = (before: State, { world, label }: Way): string[] => {
  if (!label.startsWith('verdicts:')) return [];
  return world.strikes.flatMap((_, version) => {
    const unmarked = strikesOf(world, version) < 2;
    const pointer = before.world.pointer === version && world.pointer !== version;
    const folder = folderOf(before.world, version) !== 'absent' && folderOf(world, version) === 'absent';
    return unmarked && (pointer || folder) ? ['L-06: a version is removed before it is marked'] : [];
  });
};

const blameRules = (before: State, { world, charts }: Way): string[] => {
  const added = world.jobs.length > before.world.jobs.length ? world.jobs.at(-1) : undefined;
  const blames = added?.slot === 'settleVerdicts' && added.errands.some(({ mark }) => mark !== 'none');
  const { launch } = charts;
  const passed =
    blames !== true ||
    ['healthy', 'concluding', 'renewing', 'closing'].some(where =>
      JSON.stringify(launch?.snapshot.value ?? '').includes(`"${where}"`),
    );
  return [
    ...(!passed ? ['L-06: a version is marked without a control run'] : []),
    ...((world.strikes[0] ?? 0) > (before.world.strikes[0] ?? 0)
      ? ['S-06: the bundled version is marked']
      : []),
  ];
};

const restRules = ({ charts, world }: Way): string[] => {
  const { runtime } = charts.supervisor.snapshot.value as { runtime: unknown };
  return typeof runtime === 'string' && world.child !== null
    ? ['P-30: a child lives where nothing is launched']
    : [];
};

/** A version that the user has rolled back from does not stay, once the order is carried out. */
const leftRules = (way: Way): string[] => {
  const { charts, world } = way;
  const name: unknown = charts.launch?.snapshot.context.candidate?.version;
  if (!isHealthy(way) || typeof name !== 'string' || world.ignoring || atWork(way, 'changeStore')) return [];
  const version = versionOf(name);
  const leaves = charts.supervisor.snapshot.matches({ runtime: { launched: 'waitingForIdle' } });
  return version > 0 && strikesOf(world, version) >= 2 && !leaves
    ? ['S-06: a condemned version stays up']
    : [];
};

/** What must hold on every way from one state to the next; gives the rules that it breaks. */
export const rules: Watch = (before, way) => [
  ...pointerRules(before, way),
  ...verdictRules(before, way),
  ...blameRules(before, way),
  ...restRules(way),
  ...leftRules(way),
  ...(way.world.orphan !== noVersion && way.world.child !== null ? ['P-30: an orphan beside a child'] : []),
];
