import type { StoreChange, StoreOrder } from '#machines/supervisor.js';
import { breaks, ends, type Move, type Scene, unheard } from './move.ts';
import {
  folderOf,
  nameOf,
  noVersion,
  put,
  type Scope,
  strikesOf,
  type Version,
  versionOf,
  type World,
} from './world.ts';

/** What is up, as `createStagedoor` tells the verbs of the store. */
const running = ({ charts }: Scene): Version => {
  const { launch } = charts;
  const name: unknown = launch?.snapshot.context.candidate?.version;
  return launch?.snapshot.hasTag('healthy') === true && typeof name === 'string'
    ? versionOf(name)
    : noVersion;
};

const effective = ({ pin, pointer }: World, { bundled }: Scope): Version => {
  if (pin !== noVersion) return pin;
  return pointer > 0 ? pointer : bundled === 'none' ? noVersion : 0;
};

const former = ({ world, scope }: Scene, from: Version): Version => {
  const found = world.trusted.findLast(
    version => version !== from && strikesOf(world, version) === 0 && folderOf(world, version) === 'whole',
  );
  return found ?? (scope.bundled === 'none' ? noVersion : 0);
};

const nothing: StoreChange = { result: { outcome: 'nothing-to-roll-back' }, leave: false };
const told = (world: World, variant: string, change: StoreChange): Move =>
  ends('supervisor', 'changeStore', { ...world, leaving: null }, { variant, output: change });

const pointed = (world: World, to: Version): World => {
  const pin = world.pin === to ? to : noVersion;
  if (to === 0) return { ...world, pin, pointer: noVersion, trusted: [] };
  return { ...world, pin, pointer: to, strikes: put(world.strikes, to, 0) };
};

/** What is up is left, and so is what is on its way up. */
const leaves = (scene: Scene, from: Version): boolean => {
  const now = running(scene);
  return now === noVersion
    ? scene.charts.supervisor.snapshot.matches({ runtime: { launched: 'starting' } })
    : from === now;
};

/** The mark first, then the pointer: what `rollback` does. */
const rollingBack = (scene: Scene): Move[] => {
  const { world, scope, may } = scene;
  const failed = may('write')
    ? [breaks('supervisor', 'changeStore', 'DISK_FULL', { ...world, leaving: null })]
    : [];
  if (world.leaving !== null) {
    const { from, to } = world.leaving;
    const leave = leaves(scene, from);
    const result = { outcome: 'rolled-back', from: nameOf(from), to: nameOf(to) } as const;
    return [
      told(pointed(world, to), `rolled back from ${from} to ${to}, leave ${leave}`, { result, leave }),
      ...failed,
    ];
  }
  const now = running(scene);
  const from = now === noVersion ? effective(world, scope) : now;
  if (from <= 0) return [told(world, 'nothing', nothing)];
  const to = former(scene, from);
  if (to === noVersion || to === from) return [told(world, 'nothing', nothing)];
  const strikes = from > to ? put(world.strikes, from, 2) : world.strikes;
  const leaving = { from, to };
  return [unheard(`changeStore: ${from} is marked`, { ...world, strikes, leaving }), ...failed];
};

/** What is up is left, and so is what is on its way up. */

const pinning = ({ world, scope, may }: Scene, version: Version): Move[] => {
  const known = version === 0 ? scope.bundled !== 'none' : folderOf(world, version) === 'whole';
  if (!known) return [breaks('supervisor', 'changeStore', 'VERSION_UNKNOWN', world)];
  const change: StoreChange = { result: { outcome: 'pinned', version: nameOf(version) }, leave: false };
  return [
    told({ ...world, pin: version }, `pinned ${version}`, change),
    ...(may('write') ? [breaks('supervisor', 'changeStore', 'DISK_FULL', world)] : []),
  ];
};

const unpinned: StoreChange = { result: { outcome: 'unpinned', version: null }, leave: false };

/** What the order of the user may do next. */
export const orderMoves = (scene: Scene): Move[] => {
  const order = scene.given('changeStore') as StoreOrder | undefined;
  if (order === undefined) return [];
  if (order.kind === 'rollback') return rollingBack(scene);
  if (order.kind === 'pin') return pinning(scene, versionOf(order.version));
  return [told({ ...scene.world, pin: noVersion }, 'unpinned', unpinned)];
};
