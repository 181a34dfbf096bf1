import type { Candidate, ResolveInput } from '#machines/contract.js';
import type { RuntimeInput } from '#machines/launch.js';
import { gateClosed, matched } from '../charts/samples.ts';
import { decide } from './decision.ts';
import { breaks, ends, type Move, type Scene, unheard } from './move.ts';
import { folderOf, garbled, noVersion, put, type Version, versionOf, type World } from './world.ts';

/** The pointer goes only if it still says what was refused. */
const cleared = (world: World, version: Version): World =>
  world.pointer === version ? { ...world, pointer: noVersion } : world;

const answer = (world: World, candidates: readonly Candidate[]): Move => {
  const variant = candidates.map(({ role, version }) => `${role[0]}${versionOf(version)}`).join(' ');
  const next = { ...world, decided: null, clearing: null };
  if (candidates.length === 0) return breaks('launch', 'resolveCandidates', 'BUNDLED_INVALID', next);
  return ends('launch', 'resolveCandidates', next, { variant, output: { candidates, refusals: [] } });
};

/** A pointer that is refused is cleared in a second step, before the answer; what comes between may matter. */
const resolving = (scene: Scene): Move[] => {
  const { world, scope, given, may } = scene;
  const input = given('resolveCandidates') as ResolveInput | undefined;
  if (input === undefined) return [];
  if (world.decided !== null && world.clearing !== null) {
    const candidates = JSON.parse(world.decided) as Candidate[];
    const kept = may('write') ? [answer(world, candidates)] : [];
    return [answer(cleared(world, world.clearing), candidates), ...kept];
  }
  const { candidates, clear, ignoring } = decide(world, scope, input.exclude.map(versionOf));
  const next = { ...world, ignoring };
  if (clear === null) {
    const blind = candidates.filter(({ role, version }) => role === 'bundled' || versionOf(version) === 0);
    return [
      answer(next, candidates),
      ...(may('read') && blind.length < candidates.length && blind.length > 0 ? [answer(next, blind)] : []),
    ];
  }
  const what = clear === garbled ? 'the garbled pointer' : `the pointer to ${clear}`;
  return [
    unheard(`resolveCandidates: goes on to clear ${what}`, {
      ...next,
      clearing: clear,
      decided: JSON.stringify(candidates),
    }),
  ];
};

/** A resolve that the chart has left still clears what it has refused. */
const tidying = ({ world, charts }: Scene): Move[] =>
  world.clearing === null || charts.launch?.slots.has('resolveCandidates') === true
    ? []
    : [
        unheard('a resolve that was left clears its pointer', {
          ...cleared(world, world.clearing),
          clearing: null,
          decided: null,
        }),
      ];

const checkingTree = ({ world, given, may }: Scene): Move[] => {
  const candidate = given('checkTree') as Candidate | undefined;
  if (candidate === undefined) return [];
  const version = versionOf(candidate.version);
  if (version > 0 && folderOf(world, version) !== 'whole')
    return [breaks('launch', 'checkTree', 'TREE_DAMAGED', world)];
  const odd = version > 0 && may('disk') ? [breaks('launch', 'checkTree', 'DISK_DENIED', world)] : [];
  return [ends('launch', 'checkTree', world), ...odd];
};

/** Of a sound bundle a fair world leaves the natives alone. */
const matchingNatives = ({ world, charts, may }: Scene): Move[] => {
  const candidate = charts.launch?.slots.get('matchNatives') as Candidate | undefined;
  if (candidate === undefined) return [];
  const fits = ends('launch', 'matchNatives', world, { variant: 'fit', output: matched });
  if (!may('natives')) return [fits];
  const foul = versionOf(candidate.version) === 0;
  return [
    fits,
    ends('launch', 'matchNatives', world, { variant: 'fit nowhere', output: gateClosed, foul }),
    breaks('launch', 'matchNatives', 'INTERNAL', world),
  ];
};

const quarantining = ({ world, given, may }: Scene): Move[] => {
  const candidate = given('quarantineTree') as Candidate | undefined;
  if (candidate === undefined) return [];
  const version = versionOf(candidate.version);
  const after = cleared(world, version);
  return [
    ends('launch', 'quarantineTree', { ...after, folders: put(after.folders, version, 'absent') }),
    ...(may('write')
      ? [
          breaks('launch', 'quarantineTree', 'DISK_FULL', world),
          breaks('launch', 'quarantineTree', 'DISK_DENIED', after),
        ]
      : []),
  ];
};

/** Attempts of the bundled runtime are not followed: nothing comes of them. */
const opened = (world: World, version: Version): World =>
  version === 0
    ? world
    : {
        ...world,
        open: put(world.open, version, Math.min((world.open[version] ?? 0) + 1, 2)),
        marked: put(world.marked, version, false),
      };
export const closed = (world: World, version: Version): World =>
  version === 0
    ? world
    : { ...world, open: put(world.open, version, Math.max((world.open[version] ?? 0) - 1, 0)) };

/** A record that can't be written costs the evidence, not the launch. */
const opening = ({ world, given, may }: Scene): Move[] => {
  const candidate = given('openAttempt') as Candidate | undefined;
  if (candidate === undefined) return [];
  const version = versionOf(candidate.version);
  const output = { id: `attempt-${version}`, candidate };
  const unrecorded = { id: `unrecorded-${version}`, candidate };
  const variant = `${candidate.role} ${version}`;
  return [
    ends('launch', 'openAttempt', opened(world, version), { variant, output }),
    ...(may('write')
      ? [ends('launch', 'openAttempt', world, { variant: `unrecorded ${variant}`, output: unrecorded })]
      : []),
  ];
};

const trusting = (world: World, version: Version): World =>
  version === 0
    ? world
    : { ...world, trusted: [...world.trusted.filter(known => known !== version), version] };

const recordingReady = ({ world, scope, given, may }: Scene): Move[] => {
  const input = given('recordReady') as RuntimeInput | undefined;
  if (input === undefined) return [];
  const version = versionOf(input.candidate.version);
  const recorded = input.attempt.id.startsWith('attempt');
  const after = recorded ? closed(world, version) : world;
  const trusted = { variant: 'trusted', output: { healthyLaunches: 3, trusted: true } };
  const known = world.trusted.includes(version);
  const grown =
    known || scope.trust ? [ends('launch', 'recordReady', trusting(after, version), trusted)] : [];
  const output = { healthyLaunches: 1, trusted: false };
  return [
    ...grown,
    ...(known ? [] : [ends('launch', 'recordReady', after, { variant: 'not trusted', output })]),
    ...(may('write')
      ? [
          breaks('launch', 'recordReady', 'DISK_FULL', world),
          breaks('launch', 'recordReady', 'DISK_DENIED', after),
        ]
      : []),
  ];
};

const recordingTrust = ({ world, given, may }: Scene): Move[] => {
  const candidate = given('recordTrusted') as Candidate | undefined;
  if (candidate === undefined) return [];
  return [
    ends('launch', 'recordTrusted', trusting(world, versionOf(candidate.version))),
    ...(may('write') ? [breaks('launch', 'recordTrusted', 'DISK_FULL', world)] : []),
  ];
};

/** What the effects of the launch chart may do next, as `src/launching` does it; the child and the verdicts are elsewhere. */
export const launchMoves = (scene: Scene): Move[] => [
  ...resolving(scene),
  ...tidying(scene),
  ...checkingTree(scene),
  ...matchingNatives(scene),
  ...quarantining(scene),
  ...opening(scene),
  ...recordingReady(scene),
  ...recordingTrust(scene),
];
