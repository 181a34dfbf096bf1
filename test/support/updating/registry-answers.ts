import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FailureCode } from '#machines/failure.js';
import type { Fault, FaultMatch } from '#src/testing/index.js';
import type { Arrangement, Arrangements, Scene } from './arrangement.ts';
import { shapeOf } from './disk.ts';
import { flip } from './disk-troubles.ts';
import { documentOf, type Flavour, outgrownVersion, published } from './published.ts';
import { isIntact, type UpdateWorld } from './world.ts';

type Subject = Extract<FaultMatch['path'], string>;

/** A registry that misbehaves until the effect has settled. */
const faulty =
  (path: Subject) =>
  (name: string, fault: Fault, ...codes: readonly FailureCode[]): Arrangement => ({
    name,
    codes,
    prepare: ({ world }) => world.registry.fault({ path }, fault),
  });
const document = faulty('packument');
const tarball = faulty('tarball');
const status = (code: number, headers: Readonly<Record<string, string>> = {}): Fault => ({
  kind: 'status',
  code,
  headers,
});

const file = ({ store }: UpdateWorld, name: string): string => path.join(store, name);

/** The user's own files before a check: a pin on what runs or none, and versions that are bad. */
const wishes = (world: UpdateWorld, { pinned = false, bad = '' } = {}): void => {
  if (pinned) {
    writeFileSync(
      file(world, 'pin.json'),
      JSON.stringify({ schema: 1, version: world.expected.pointer.version }),
    );
  } else rmSync(file(world, 'pin.json'), { force: true });
  if (bad !== '') {
    writeFileSync(file(world, 'bad-versions.json'), JSON.stringify([bad]));
    world.marked.clear();
    world.marked.set(bad, null);
  }
  world.accept();
};

const minorOf = (version: string): number => Number(version.split('.')[1]);
/** The newest version known is above what is pointed to. */
const isAhead = (world: UpdateWorld): boolean =>
  minorOf(world.newest()) > minorOf(world.expected.pointer.version);

/** Publishes what a check shall find. */
const offer = (
  name: string,
  version: (world: UpdateWorld) => string,
  { flavour = 'plain', pinned = false, fits = () => true }: OfferOptions = {},
): Arrangement => ({
  name,
  fits: scene => scene.refusesPackage === flavours.includes(flavour) && fits(scene),
  prepare: ({ world }) => {
    world.publish(version(world), flavour);
    wishes(world, { pinned });
    return undefined;
  },
});
type OfferOptions = {
  readonly flavour?: Flavour;
  readonly pinned?: boolean;
  readonly fits?: (scene: Scene) => boolean;
};
const flavours: readonly Flavour[] = ['linked', 'escaping', 'entryless'];
const fresh = (world: UpdateWorld): string => world.nextVersion();
const newest = (world: UpdateWorld): string => world.newest();
const isLeft = ({ world }: Scene): boolean =>
  isAhead(world) && !world.expected.versions.has(world.newest()) && world.marked.get(world.newest()) !== null;

/** One bit of the entry that is pointed to: wrong, or right again. */
const flipCurrent = ({ store, expected }: UpdateWorld): void => {
  const { version } = expected.pointer;
  const folder = path.join(store, 'versions', version);
  flip(path.join(folder, 'cli.js'));
  const shape = new Map(shapeOf(folder));
  shape.delete('.stagedoor-tree.json');
  expected.versions.set(version, shape);
};
const damagedCurrent: Arrangement = {
  name: 'the version that is pointed to, whose entry has a flipped bit',
  fits: ({ world, refusesPackage }) => !refusesPackage && isIntact(world, world.expected.pointer.version),
  prepare: ({ world }) => {
    flipCurrent(world);
    world.publish(world.expected.pointer.version);
    wishes(world);
    return undefined;
  },
};

const finished = (pinned: boolean): Arrangement => ({
  name: 'a finished folder',
  prepare: ({ world }) => {
    const version = world.nextVersion();
    world.publish(version);
    world.layFinished(version);
    wishes(world, { pinned });
    return undefined;
  },
});
const leftFinished: Arrangement = {
  name: 'the folder of a run that could not write the pointer',
  fits: ({ world }) => isAhead(world) && isIntact(world, world.newest()),
  prepare: ({ world }) => {
    world.publish(world.newest());
    wishes(world);
    return undefined;
  },
};

/** Until the check has settled the registry names only these versions, and one for a newer shell above them. */
const belowOutgrown = (world: UpdateWorld, ...versions: readonly string[]): (() => void) => {
  const list = [...versions.map(version => published(version)), published(outgrownVersion, 'outgrown')];
  const body = documentOf(world.registry.url, list);
  return world.registry.fault({ path: 'packument' }, { kind: 'content', body });
};
const olderForThisShell: Arrangement = {
  name: 'the newest version for this shell, below one for a newer shell',
  fits: ({ refusesPackage }) => !refusesPackage,
  prepare: ({ world }) => {
    const version = world.nextVersion();
    world.publish(version);
    wishes(world);
    return belowOutgrown(world, version);
  },
};

const publishing = (name: string, arrange: (world: UpdateWorld) => void): Arrangement => ({
  name,
  prepare: ({ world }) => {
    arrange(world);
    return undefined;
  },
});

const cacheIsFile: Arrangement = {
  name: 'a file in place of the cache',
  codes: ['STORE_UNREADABLE'],
  prepare: ({ world }) => {
    const cache = file(world, 'cache');
    rmSync(cache, { recursive: true, force: true });
    writeFileSync(cache, '');
    return () => rmSync(cache);
  },
};

/** What makes a check or a download end as a path says. */
export const registryAnswers: Arrangements = {
  'checkRegistry available': [
    offer('a newer version', fresh),
    offer('the version of an abandoned run again', newest, { fits: isLeft }),
    damagedCurrent,
    olderForThisShell,
    ...flavours.map(flavour => offer(`a package that is ${flavour}`, fresh, { flavour })),
  ],
  'checkRegistry available, pinned': [offer('a newer version beside a pin', fresh, { pinned: true })],
  'checkRegistry adoptable': [finished(false), leftFinished],
  'checkRegistry adoptable, pinned': [finished(true)],
  'checkRegistry upToDate': [publishing('the bundled version', world => world.publish('1.0.0'))],
  'checkRegistry alreadyStaged': [
    publishing('the version that is pointed to', world => {
      const { pointer, replaced } = world.expected;
      if (replaced.has(pointer.version)) world.point(pointer.version);
      else if (!isIntact(world, pointer.version)) flipCurrent(world);
      world.publish(pointer.version);
    }),
  ],
  'checkRegistry badVersion': [
    publishing('a version that is marked bad', world => {
      const version = world.nextVersion();
      world.publish(version);
      wishes(world, { bad: version });
    }),
  ],
  'checkRegistry incompatible': [
    publishing('a version for another Node', world => world.publish(world.nextVersion(), 'demanding')),
  ],
  'checkRegistry outgrown': [
    {
      name: 'nothing but what is here and a version for a newer shell',
      prepare: ({ world }) => belowOutgrown(world, '1.0.0'),
    },
  ],
  'checkRegistry fails, retryable': [
    document('a broken server', status(503), 'REGISTRY_UNREACHABLE'),
    document('too many requests', status(429, { 'retry-after': '7200' }), 'REGISTRY_UNREACHABLE'),
    document('a reset connection', { kind: 'reset' }, 'REGISTRY_UNREACHABLE'),
  ],
  'checkRegistry fails': [
    document('a captive portal', { kind: 'html' }, 'REGISTRY_MALFORMED'),
    document('a document that is cut', { kind: 'notJson' }, 'REGISTRY_MALFORMED'),
    document('a forbidden package', status(403), 'REGISTRY_REFUSED'),
    cacheIsFile,
  ],
  'download fails, retryable': [
    tarball('a broken server', status(502), 'REGISTRY_UNREACHABLE'),
    tarball('too many requests', status(429, { 'retry-after': '7200' }), 'REGISTRY_UNREACHABLE'),
    tarball('a mirror that is behind', status(404), 'REGISTRY_UNREACHABLE'),
    tarball('a reset connection', { kind: 'reset' }, 'REGISTRY_UNREACHABLE'),
    tarball('a tarball that breaks off', { kind: 'cutTarball', atByte: 900 }, 'REGISTRY_UNREACHABLE'),
  ],
  'download fails': [
    tarball(
      'a cut tarball with fitting headers',
      { kind: 'cutTarball', atByte: 900, clean: true },
      'INTEGRITY_MISMATCH',
    ),
    tarball('a flipped bit', { kind: 'tamperTarball' }, 'INTEGRITY_MISMATCH'),
    tarball('a page in its place', { kind: 'html' }, 'INTEGRITY_MISMATCH'),
    tarball('a forbidden tarball', status(403), 'REGISTRY_REFUSED'),
    tarball(
      'other bytes of a fitting length',
      { kind: 'content', body: Buffer.alloc(4096) },
      'INTEGRITY_MISMATCH',
    ),
  ],
};
