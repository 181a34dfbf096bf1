import type { CheckResult, CommitInput, ScratchInput } from '#machines/contract.js';
import { gateClosed, mark, matched, release } from '../charts/samples.ts';
import { breaks, ends, isAtWork, type Move, type Scene, unheard } from './move.ts';
import {
  folderOf,
  nameOf,
  noVersion,
  put,
  strikesOf,
  superseded,
  type Version,
  versionOf,
  type World,
} from './world.ts';

const scratch = 'scratch';
/** The channel's version, where that is one for a newer shell: below it the published one is looked at. */
const beyond: CheckResult = { kind: 'outgrown', version: '99.0.0', needs: 'my-app >=99', shell: '1.0.0' };

const answerOf = (world: World, version: Version): CheckResult => {
  const name = nameOf(version);
  const live = world.pointer > 0 && folderOf(world, world.pointer) !== 'absent' ? world.pointer : 0;
  const current = nameOf(live);
  const nothing = (answer: CheckResult): CheckResult => (world.outgrown ? beyond : answer);
  if (version <= live && version !== live) return nothing({ kind: 'upToDate', version: name, current });
  if (strikesOf(world, version) >= 2) return nothing({ kind: 'badVersion', version: name, mark: mark(name) });
  const named = version === live;
  if (named && folderOf(world, version) === 'whole') return nothing({ kind: 'alreadyStaged', version: name });
  const refusal =
    world.pin === noVersion || world.pin === version
      ? null
      : { code: 'pinned' as const, version: name, message: '' };
  // A damaged folder still has its list: only a full check tells (U-10).
  const kind = !named && folderOf(world, version) !== 'absent' ? 'adoptable' : 'available';
  return { kind, release: release(name), current, scratch, refusal };
};

const checking = ({ world, may }: Scene): Move[] => {
  const output = answerOf(world, world.published);
  const pinned = 'refusal' in output && output.refusal !== null ? ', pinned' : '';
  const variant = `${output.kind} ${world.published}${pinned}${'current' in output ? ` above ${output.current}` : ''}`;
  const faults = may('registry') ? (['REGISTRY_UNREACHABLE', 'REGISTRY_MALFORMED'] as const) : [];
  return [
    ends('update', 'checkRegistry', world, { variant, output }),
    ...faults.map(code => breaks('update', 'checkRegistry', code, world)),
  ];
};

const stepOutputs: Readonly<Record<string, unknown>> = {
  download: { bytes: 1 },
  extract: { files: 1, bytes: 1 },
  stageNatives: { natives: [] },
  verifyTree: { tree: 'tree' },
};

const matching = ({ world, charts, may }: Scene): Move[] => {
  if (charts.update?.slots.has('matchNatives') !== true) return [];
  const fits = ends('update', 'matchNatives', world, { variant: 'fit', output: matched });
  if (!may('natives')) return [fits];
  return [
    fits,
    ends('update', 'matchNatives', world, { variant: 'fit nowhere', output: gateClosed }),
    breaks('update', 'matchNatives', 'INTERNAL', world),
  ];
};

/** The four steps before the commit change nothing but their scratch folder. */
const stepping = (scene: Scene): Move[] =>
  Object.entries(stepOutputs)
    .filter(([slot]) => isAtWork(scene, slot))
    .flatMap(([slot, output]) => [
      ends('update', slot, scene.world, { output }),
      ...(scene.may('registry') && slot === 'download'
        ? [breaks('update', slot, 'REGISTRY_UNREACHABLE', scene.world)]
        : []),
      ...(scene.may('disk') ? [breaks('update', slot, 'DISK_FULL', scene.world)] : []),
    ]);

const adopting = ({ world, given, may }: Scene): Move[] => {
  const version = versionOf((given('adoptFolder') as ScratchInput).release.version);
  const whole = folderOf(world, version) === 'whole';
  return [
    whole
      ? ends('update', 'adoptFolder', world, { output: { tree: 'tree' } })
      : breaks('update', 'adoptFolder', 'TREE_DAMAGED', world),
    ...(may('disk') ? [breaks('update', 'adoptFolder', 'DISK_DENIED', world)] : []),
  ];
};

const isInUse = ({ child, orphan }: World, version: Version): boolean =>
  child?.version === version || orphan === version;

/** A pointer that is written anew is not the one that a resolve has refused. */
const renewed = ({ clearing }: World): Version | null => (clearing === null ? null : superseded);

/** First the folder, then the pointer: what `commitTree` does. */
const committing = ({ world, given, may }: Scene): Move[] => {
  const version = versionOf((given('commitPointer') as CommitInput).release.version);
  const undone = { ...world, placed: false };
  const faults = may('disk') ? [breaks('update', 'commitPointer', 'DISK_FULL', undone)] : [];
  if (!world.placed) {
    if (folderOf(world, version) === 'damaged' && isInUse(world, version))
      return [breaks('update', 'commitPointer', 'STORE_BUSY', undone)];
    const folders = put(world.folders, version, 'whole' as const);
    return [
      unheard(`commitPointer: the folder of ${version} is placed`, { ...world, folders, placed: true }),
      ...faults,
    ];
  }
  const { pointer } = world;
  if (pointer > version && folderOf(world, pointer) !== 'absent') {
    const output = { kind: 'overtaken', by: nameOf(pointer) };
    return [ends('update', 'commitPointer', undone, { variant: `overtaken by ${pointer}`, output })];
  }
  const output = { kind: 'committed', seq: 1, superseded: null };
  return [
    ends(
      'update',
      'commitPointer',
      { ...undone, pointer: version, clearing: renewed(world) },
      { variant: `${version}`, output },
    ),
    ...faults,
  ];
};

const cleaning = ({ world, may }: Scene): Move[] => [
  ends('update', 'cleanScratch', world),
  ...(may('disk') ? [breaks('update', 'cleanScratch', 'DISK_DENIED', world)] : []),
];

/** What the effects of the update chart may do next, as `src/staging` does it. */
export const updateMoves = (scene: Scene): Move[] => [
  ...(isAtWork(scene, 'checkRegistry') ? checking(scene) : []),
  ...(isAtWork(scene, 'adoptFolder') ? adopting(scene) : []),
  ...stepping(scene),
  ...matching(scene),
  ...(isAtWork(scene, 'commitPointer') ? committing(scene) : []),
  ...(isAtWork(scene, 'cleanScratch') ? cleaning(scene) : []),
];
