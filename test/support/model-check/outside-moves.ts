import { hears, type Move, type Scene, unheard } from './move.ts';
import type { Name } from './product.ts';
import {
  type Command,
  folderOf,
  garbled,
  nameOf,
  put,
  type Upheaval,
  type Version,
  type World,
} from './world.ts';

const versions = ({ scope }: Scene): readonly Version[] =>
  Array.from({ length: scope.versions }, (_, index) => index + 1);

type Make = (scene: Scene) => Move[];
/** Named once: it is offered in every state. */
const event = (event: object): Make => {
  const name = `host: ${JSON.stringify(event)}`;
  return ({ world }) => [hears('supervisor', name, () => event as never, world, { kind: 'command' })];
};

const asking = (type: string): Make => {
  const name = `host: ${type}`;
  return ({ world }) => [
    hears('supervisor', name, () => ({ type }) as never, { ...world, owed: true }, { kind: 'command' }),
  ];
};

const leaseTaken = event({ type: 'lease.taken', id: 'work', name: 'work' });
const leaseEnded = event({ type: 'lease.ended', id: 'work' });
const leasing: Make = scene => {
  const { leases } = scene.charts.supervisor.snapshot.context as { leases: readonly unknown[] };
  return (leases.length > 0 ? leaseEnded : leaseTaken)(scene);
};

const pins = new Map<Version, Make>();
const pinTo = (version: Version): Make => {
  const known = pins.get(version);
  if (known !== undefined) return known;
  const made = event({ type: 'supervisor.order', order: { kind: 'pin', version: nameOf(version) } });
  pins.set(version, made);
  return made;
};
const pinning: Make = scene => [0, ...versions(scene)].flatMap(version => pinTo(version)(scene));

const forgiving: Make = scene =>
  versions(scene).flatMap(version =>
    (scene.world.strikes[version] ?? 0) > 0
      ? [
          unheard(
            `host: forgives ${version}`,
            { ...scene.world, strikes: put(scene.world.strikes, version, 0) },
            { kind: 'command' },
          ),
        ]
      : [],
  );

const commands: Readonly<Record<Command, Make>> = {
  start: event({ type: 'supervisor.start' }),
  stop: event({ type: 'supervisor.stop' }),
  restart: event({ type: 'supervisor.restart', consent: false }),
  consent: event({ type: 'supervisor.restart', consent: true }),
  check: asking('supervisor.check'),
  update: asking('supervisor.update'),
  cancel: event({ type: 'supervisor.cancel' }),
  wake: event({ type: 'supervisor.wake' }),
  hold: event({ type: 'supervisor.hold' }),
  release: event({ type: 'supervisor.release' }),
  lease: leasing,
  rollback: event({ type: 'supervisor.order', order: { kind: 'rollback' } }),
  pin: pinning,
  unpin: event({ type: 'supervisor.order', order: { kind: 'unpin' } }),
  forgive: forgiving,
};

const changed = (label: string, before: World, after: Partial<World>): Move =>
  unheard(`world: ${label}`, { ...before, ...after }, { kind: 'upheaval' });

const folderMoves =
  (label: string, to: 'absent' | 'damaged'): Make =>
  scene =>
    versions(scene).flatMap(version => {
      const { world } = scene;
      const now = folderOf(world, version);
      if (now === to || now === 'absent') return [];
      return [
        changed(`the folder of ${version} is ${label}`, world, { folders: put(world.folders, version, to) }),
      ];
    });

const upheavals: Readonly<Record<Exclude<Upheaval, 'death'>, Make>> = {
  publish: ({ world, scope }) =>
    world.published < scope.versions
      ? [changed(`${world.published + 1} is published`, world, { published: world.published + 1 })]
      : [],
  outgrow: ({ world }) =>
    world.outgrown ? [] : [changed('one for a newer shell is published', world, { outgrown: true })],
  damage: folderMoves('damaged', 'damaged'),
  remove: folderMoves('removed', 'absent'),
  garble: ({ world }) =>
    world.pointer === garbled ? [] : [changed('the pointer is garbled', world, { pointer: garbled })],
};

/** A timer fires once; it is armed by the state that waits for it. */
const timers: Make = ({ world, charts, scope }) => {
  // Without a schedule the timers of the update chart only fire into the void.
  const names: readonly Name[] = scope.scheduled
    ? ['supervisor', 'launch', 'update']
    : ['supervisor', 'launch'];
  return names.flatMap(name =>
    (charts[name]?.armed ?? []).map(type =>
      hears(name, `time: ${type}`, () => ({ type }), world, { kind: 'time' }),
    ),
  );
};

/** What no effect and no child does: the host, time, and the world outside. */
export const outsideMoves = (scene: Scene): Move[] => [
  ...[...scene.scope.commands].flatMap(command => commands[command](scene)),
  ...[...scene.scope.upheavals].flatMap(upheaval => (upheaval === 'death' ? [] : upheavals[upheaval](scene))),
  ...timers(scene),
];

/** The world after the shell has died: the disk stays, and a child may outlive it. */
export const bereaved = (world: World, outlives: boolean): World => {
  const { child, open, orphaned } = world;
  return {
    ...world,
    orphaned: orphaned.map((count, version) => Math.min(count + (open[version] ?? 0), 2)),
    open: open.map(() => 0),
    marked: world.marked.map(() => false),
    orphan: outlives && child?.phase === 'alive' ? child.version : world.orphan,
    child: null,
    jobs: [],
    clearing: null,
    decided: null,
    placed: false,
    leaving: null,
    spawns: 0,
    ignoring: false,
    owed: false,
  };
};
