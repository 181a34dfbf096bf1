/** Versions are numbers here: 0 is the bundled one, a higher one is newer. */
export type Version = number;
export const noVersion = -1;
export const garbled = -2;
/** A pointer that is no more: another one took its place. */
export const superseded = -3;
export const nameOf = (version: Version): string => `${version + 1}.0.0`;
export const versionOf = (name: string): Version => Number.parseInt(name, 10) - 1;

export type Folder = 'absent' | 'whole' | 'damaged';

/** One verdict on its way to the disk, and how far it has come: mark, pointer, folder, attempt (L-06). */
export type Errand = {
  readonly version: Version;
  readonly mark: 'none' | 'strike' | 'bad';
  /** An attempt of this shell, or one that a dead shell left open. */
  readonly own: boolean;
  readonly stage: 'judged' | 'marked' | 'cleared' | 'removed';
};
/** `slot`: which effect of the chart waits for its end; null: the chart has gone on. */
export type Job = {
  readonly slot: 'recoverStore' | 'settleVerdicts' | null;
  readonly errands: readonly Errand[];
};

export type Child = {
  readonly version: Version;
  readonly phase: 'starting' | 'alive';
  readonly ordered: 'no' | 'asked' | 'failed';
  /** The chart still follows it. */
  readonly followed: boolean;
};

/** The disk, what effects have half done, and what a rule must remember. Lists go by version; place 0 is the bundled one's. */
export type World = {
  // on disk
  readonly pointer: Version;
  readonly folders: readonly Folder[];
  readonly strikes: readonly number[];
  /** Oldest proof first. */
  readonly trusted: readonly Version[];
  readonly pin: Version;
  /** Attempts that dead shells left open; above two there is nothing to tell. */
  readonly orphaned: readonly number[];
  /** Attempts that this shell has open; empty where no shell dies, because then nobody ever reads them. */
  readonly open: readonly number[];
  // outside
  readonly published: Version;
  /** Above it there is one for a newer shell. */
  readonly outgrown: boolean;
  /** A child that outlived its shell. */
  readonly orphan: Version;
  // half done
  readonly child: Child | null;
  readonly jobs: readonly Job[];
  /** A pointer that a resolve has refused and goes on to clear; null: none. */
  readonly clearing: Version | null;
  /** A resolve has decided on these and clears the pointer before it answers. */
  readonly decided: string | null;
  /** The folder is in its place, the pointer is not written. */
  readonly placed: boolean;
  /** A rollback has marked the version that is left. */
  readonly leaving: { readonly from: Version; readonly to: Version } | null;
  // remembered
  /** Attempts whose mark this shell has written already. */
  readonly marked: readonly boolean[];
  /** Spawns since the launch began or was ready. */
  readonly spawns: number;
  /** The last resolve ignored the marks. */
  readonly ignoring: boolean;
  /** The host waits for the end of a check or an update. */
  readonly owed: boolean;
};

export const keyOf = (world: World): string => {
  const { child, jobs, leaving } = world;
  return [
    world.pointer,
    world.folders.map(folder => folder[0]).join(''),
    world.strikes.join(''),
    world.trusted.join(''),
    world.pin,
    world.orphaned.join(''),
    world.open.join(''),
    world.published,
    world.outgrown ? 1 : 0,
    world.orphan,
    child === null ? '' : `${child.version}${child.phase[0]}${child.ordered[0]}${child.followed ? 1 : 0}`,
    jobs
      .map(
        ({ slot, errands }) =>
          `${slot?.[0] ?? '-'}${errands.map(e => `${e.version}${e.mark[0]}${e.own ? 'o' : 'd'}${e.stage[0]}`).join('')}`,
      )
      .join(';'),
    world.clearing,
    world.decided,
    world.placed ? 1 : 0,
    leaving === null ? '' : `${leaving.from}>${leaving.to}`,
    world.marked.map(Number).join(''),
    world.spawns,
    world.ignoring ? 1 : 0,
    world.owed ? 1 : 0,
  ].join('|');
};

/** The list with another value in one place. */
export const put = <T>(list: readonly T[], place: number, value: T): readonly T[] =>
  list[place] === value ? list : list.map((old, index) => (index === place ? value : old));

export const folderOf = ({ folders }: World, version: Version): Folder => folders[version] ?? 'absent';
export const strikesOf = ({ strikes }: World, version: Version): number => strikes[version] ?? 0;

export const emptyStore = (versions: number, mortal: boolean): World => {
  const each = <T>(value: T): readonly T[] => Array.from({ length: versions + 1 }, () => value);
  return {
    pointer: noVersion,
    folders: each<Folder>('absent'),
    strikes: each(0),
    trusted: [],
    pin: noVersion,
    orphaned: each(0),
    open: mortal ? each(0) : [],
    published: 1,
    outgrown: false,
    orphan: noVersion,
    child: null,
    jobs: [],
    clearing: null,
    decided: null,
    placed: false,
    leaving: null,
    marked: each(false),
    spawns: 0,
    ignoring: false,
    owed: false,
  };
};

/** What may happen in an exploration; what is not in it never does. */
export type Scope = {
  readonly title: string;
  /** Versions above the bundled one. */
  readonly versions: number;
  /** `moody`: it may fail like any other; `none`: there is none. */
  readonly bundled: 'sound' | 'moody' | 'none';
  readonly scheduled: boolean;
  readonly stores: readonly World[];
  readonly commands: ReadonlySet<Command>;
  readonly upheavals: ReadonlySet<Upheaval>;
  readonly faults: ReadonlySet<Fault>;
  /** The third healthy launch may come. */
  readonly trust: boolean;
};
export type Command =
  | 'start'
  | 'stop'
  | 'restart'
  | 'consent'
  | 'check'
  | 'update'
  | 'cancel'
  | 'wake'
  | 'hold'
  | 'release'
  | 'lease'
  | 'rollback'
  | 'pin'
  | 'unpin'
  | 'forgive';
export type Upheaval = 'publish' | 'outgrow' | 'damage' | 'remove' | 'garble' | 'death';
/** `write`: marks, attempts, pointer, folders; `machine`: spawns refused, faults of the environment, outside kills, suspend. */
/** `natives`: modules that were made for something else, and a defect while that is found out. */
export type Fault = 'write' | 'machine' | 'registry' | 'disk' | 'read' | 'natives';
