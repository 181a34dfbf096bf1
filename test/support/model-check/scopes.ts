import { type Command, emptyStore, type Fault, type Scope, type Upheaval, type World } from './world.ts';

type Wish = Partial<Omit<Scope, 'commands' | 'upheavals' | 'faults' | 'stores'>> & {
  readonly title: string;
  readonly commands?: readonly Command[];
  readonly upheavals?: readonly Upheaval[];
  readonly faults?: readonly Fault[];
  readonly stores?: readonly Partial<World>[];
};

export const scopeOf = ({
  stores = [{}],
  commands = [],
  upheavals = [],
  faults = [],
  ...wish
}: Wish): Scope => {
  const versions = wish.versions ?? 1;
  return {
    versions,
    bundled: 'sound',
    scheduled: false,
    trust: false,
    ...wish,
    commands: new Set(commands),
    upheavals: new Set(upheavals),
    faults: new Set(faults),
    stores: stores.map(store => ({ ...emptyStore(versions, upheavals.includes('death')), ...store })),
  };
};

/** One version is staged. */
export const staged: Partial<World> = { pointer: 1, folders: ['absent', 'whole'] };
/** Two are, and the older one is trusted. */
const two: Partial<World> = { pointer: 2, trusted: [1], folders: ['absent', 'whole', 'whole'], published: 2 };

/** Small worlds, each gone through to its last state. */
export const shortScopes: readonly Scope[] = [
  scopeOf({
    title: 'a launch and a machine that misbehaves',
    commands: ['start'],
    faults: ['machine'],
    stores: [staged],
  }),
  scopeOf({
    title: 'a launch and its host',
    commands: ['start', 'stop', 'restart'],
    stores: [staged],
  }),
  scopeOf({
    title: 'a launch in a shell that dies',
    commands: ['start'],
    upheavals: ['death'],
    stores: [staged],
  }),
  scopeOf({
    title: 'a launch on a disk that fails and loses things',
    commands: ['start'],
    faults: ['write', 'disk', 'read'],
    upheavals: ['remove', 'garble'],
    stores: [staged],
  }),
  scopeOf({
    title: 'an update beside a launch',
    scheduled: true,
    commands: ['start', 'update'],
  }),
  scopeOf({
    title: 'natives that may fit nowhere',
    commands: ['start'],
    faults: ['natives'],
    stores: [staged],
  }),
  scopeOf({
    title: 'an update whose natives may fit nowhere',
    scheduled: true,
    commands: ['start'],
    faults: ['natives'],
  }),
  scopeOf({
    title: 'an update for this shell below one for a newer shell',
    scheduled: true,
    commands: ['start', 'wake'],
    stores: [{ outgrown: true }],
  }),
  scopeOf({
    title: 'a rollback',
    commands: ['start', 'rollback'],
    stores: [staged],
  }),
  scopeOf({ title: 'no bundled runtime', bundled: 'none', commands: ['start'], stores: [staged] }),
  scopeOf({
    title: 'a bundled runtime that may fail',
    bundled: 'moody',
    commands: ['start'],
    stores: [staged],
  }),
];

/** Larger ones, each with its weight on another side. */
export const fullScopes: readonly Scope[] = [
  scopeOf({
    title: 'a launch, its host, a machine that misbehaves and a shell that dies',
    commands: ['start', 'stop', 'restart'],
    faults: ['machine'],
    upheavals: ['death'],
    stores: [staged],
  }),
  scopeOf({
    title: 'two versions in a shell that dies',
    versions: 2,
    commands: ['start'],
    upheavals: ['death'],
    stores: [two],
  }),
  scopeOf({
    title: 'a disk that fails, loses and damages, and trust that grows',
    trust: true,
    commands: ['start'],
    faults: ['write', 'disk', 'read'],
    upheavals: ['damage', 'remove', 'garble'],
    stores: [staged],
  }),
  scopeOf({
    title: 'checks of a registry that fails beside a launch',
    scheduled: true,
    commands: ['start', 'check'],
    faults: ['registry'],
  }),
  scopeOf({
    title: 'a machine that wakes, and a version for a newer shell',
    scheduled: true,
    commands: ['start', 'wake'],
    faults: ['registry'],
    upheavals: ['outgrow'],
  }),
  scopeOf({
    title: 'updates that are cancelled or stopped',
    scheduled: true,
    commands: ['start', 'stop', 'cancel'],
  }),
  scopeOf({
    title: 'updates held and released on a disk that fails',
    scheduled: true,
    commands: ['start', 'hold', 'release'],
    faults: ['disk'],
  }),
  scopeOf({
    title: 'two versions published one after the other',
    versions: 2,
    scheduled: true,
    commands: ['start'],
    upheavals: ['publish'],
  }),
  scopeOf({
    title: 'an update of a version whose folder is removed',
    scheduled: true,
    commands: ['start', 'update'],
    upheavals: ['remove'],
    stores: [staged],
  }),
  scopeOf({
    title: 'two versions, none bundled',
    versions: 2,
    bundled: 'none',
    commands: ['start', 'restart'],
    stores: [two],
  }),
];
