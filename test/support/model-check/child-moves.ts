import type { Exit, ProbeResult } from '#machines/contract.js';
import type { RuntimeInput } from '#machines/launch.js';
import { exit } from '../charts/samples.ts';
import { closed } from './launch-moves.ts';
import { breaks, ends, faultAs, hears, type Move, type Scene, unheard } from './move.ts';
import { type Child, folderOf, noVersion, type World } from './world.ts';

const long = 3_600_000;
const ends0: Readonly<Record<string, Exit>> = {
  'dies by itself': exit({ tail: '' }),
  'dies after a long time': exit({ tail: '', uptimeMs: long }),
  'ends with code 0': exit({ tail: '', code: 0 }),
  'is killed from outside': exit({ tail: '', code: null, signal: 'SIGKILL', external: true }),
  'dies of a full disk': exit({ tail: '', environment: 'ENOSPC' }),
  'ends as ordered': exit({ tail: '', code: null, signal: 'SIGTERM' }),
};

const exits = (how: string, world: World, foul: boolean): Move =>
  hears(
    'launch',
    `the child ${how}`,
    () => ({ type: 'runtime.exited', exit: ends0[how] }) as never,
    { ...world, child: null },
    { kind: 'child', foul },
  );

const starting = ({ world, scope, may }: Scene, child: Child): Move[] => {
  const { version } = child;
  const own = version === 0 && scope.bundled !== 'none';
  const refusal = (code: 'PORT_TAKEN' | 'TREE_DAMAGED', foul: boolean): Move =>
    hears(
      'launch',
      `the child is refused: ${code}`,
      () => ({ type: 'runtime.refused', failure: faultAs(code) }) as never,
      { ...(child.ordered === 'asked' ? closed(world, version) : world), child: null },
      { kind: 'child', foul },
    );
  const port = may('machine') ? [refusal('PORT_TAKEN', own)] : [];
  if (version > 0 && folderOf(world, version) === 'absent') return [refusal('TREE_DAMAGED', false), ...port];
  const spawned = hears(
    'launch',
    'the child is spawned',
    () => ({ type: 'runtime.spawned', pid: 1 }) as never,
    { ...world, child: { ...child, phase: 'alive' } },
    { kind: 'child' },
  );
  return [spawned, ...port];
};

const isMoody = ({ scope }: Scene, version: number): boolean => version > 0 || scope.bundled === 'moody';

const living = (scene: Scene, child: Child): Move[] => {
  const { world, may, charts } = scene;
  const { version, ordered } = child;
  if (ordered !== 'no')
    return [exits('ends as ordered', ordered === 'asked' ? closed(world, version) : world, false)];
  const foul = version === 0;
  const up = charts.launch?.snapshot.hasTag('healthy') === true;
  return [
    ...(isMoody(scene, version) ? [exits('dies by itself', world, foul)] : []),
    ...(up && isMoody(scene, version) ? [exits('dies after a long time', world, foul)] : []),
    ...(up ? [exits('ends with code 0', world, foul)] : []),
    ...(may('machine')
      ? ['is killed from outside', 'dies of a full disk'].map(how => exits(how, world, foul))
      : []),
  ];
};

const results: readonly ProbeResult[] = [
  { kind: 'ready', afterMs: 1 },
  { kind: 'timedOut', deadlineMs: 1 },
  { kind: 'inconclusive', reason: 'suspend' },
];

const probing = (scene: Scene): Move[] => {
  const { world, given, may } = scene;
  const input = given('probe') as RuntimeInput | undefined;
  const { child } = world;
  if (input === undefined || child?.phase !== 'alive' || child.ordered !== 'no') return [];
  const foul = child.version === 0;
  const possible = results.filter(
    ({ kind }) =>
      kind === 'ready' ||
      (kind === 'timedOut' && isMoody(scene, child.version)) ||
      (kind === 'inconclusive' && may('machine')),
  );
  return [
    ...possible.map(output =>
      ends('launch', 'probe', world, { variant: output.kind, output, foul: foul && output.kind !== 'ready' }),
    ),
    ...(may('machine') ? [breaks('launch', 'probe', 'SPAWN_FAILED', world, { foul })] : []),
  ];
};

/** A child that the chart has let go of ends unseen. */
const abandoned = ({ world }: Scene): Move[] =>
  world.child?.followed === false
    ? [unheard('a child that nobody follows ends', { ...world, child: null })]
    : [];

const orphan = ({ world }: Scene): Move[] =>
  world.orphan === noVersion
    ? []
    : [unheard('the orphan ends', { ...world, orphan: noVersion }, { kind: 'child' })];

/** What the child may do next, and what its probe may find. */
export const childMoves = (scene: Scene): Move[] => {
  const { child } = scene.world;
  const own =
    child === null || !child.followed
      ? []
      : child.phase === 'starting'
        ? starting(scene, child)
        : living(scene, child);
  return [...own, ...probing(scene), ...abandoned(scene), ...orphan(scene)];
};
