import { picksOf, viewAfterCut } from './crash.ts';
import type { Disk, Pending } from './disk.ts';
import { factsOf } from './facts.ts';
import { launchedFrom } from './launched.ts';
import { folderOf, type Operation, spell } from './operation.ts';
import { apply } from './performing.ts';
import { brokenDocument, type Promised, promisesOf } from './promise.ts';
import type { Recording } from './scenario.ts';
import { find, fingerprint, treeKey, type View } from './view.ts';
import { storePlace } from './world.ts';

export type Explored = {
  /** Prefixes of the operations with what a cut may leave of them. */
  readonly states: number;
  /** Those that differ on the disk, and those that differ in what a start looks at. */
  readonly distinct: number;
  readonly judged: number;
  /** The first states that break a promise, each with how to find it again. */
  readonly broken: readonly string[];
};

export type Budget = {
  /** States for each prefix of the operations. */
  readonly perPrefix: number;
  readonly seed: number;
  /** Ends after so many broken states. */
  readonly enough: number;
  /** Counts those that differ; it costs half of the time. */
  readonly fingerprints?: boolean;
  /** The first prefix to look at, and what is known from another exploration of the same recording. */
  readonly from?: number;
  readonly known?: Map<string, Judgement>;
};

const watched = ['current.json', 'bad-versions.json', 'health.json', 'pin.json', 'attempts', 'leases'];

/** All that a start, or a rule, looks at: equal keys, equal verdicts. Scratch, trash and temporary files are not in it. */
const visibleKey = (view: View): string => {
  const store = find(view, storePlace);
  if (store === undefined) return '';
  const folder = view.folder(store);
  let key = '';
  for (const name of watched) {
    const inode = folder?.get(name);
    if (inode !== undefined) key += `${name}:${treeKey(view, inode)};`;
  }
  const versions = folder?.get('versions');
  for (const [name, inode] of (versions === undefined ? undefined : view.folder(versions)) ?? []) {
    if (!name.endsWith('.partial')) key += `${name}=${treeKey(view, inode)};`;
  }
  return key;
};

/** What the rules say of a disk apart from the moment, and what would be launched. */
export type Judgement = { readonly launched: string; readonly broken: string | null };

const judge = async ({ scenario, world, expected }: Recording, view: View): Promise<Judgement> => {
  const facts = factsOf(view, expected);
  const { what, pointer } = await launchedFrom(world, view, facts);
  const torn = pointer === 'invalid' && scenario.beginsTorn !== true ? 'P-05: the pointer is torn' : null;
  const rules = scenario.rules.map(rule => rule(facts, what));
  return { launched: what, broken: torn ?? rules.find(broken => broken !== null) ?? null };
};

const describe = (
  { scenario }: Recording,
  operations: readonly Operation[],
  at: number,
  pending: Pending,
  lost: string,
  why: string,
): string => {
  const last = operations[at - 1];
  const where = last === undefined ? 'before the first operation' : `after operation ${at} (${spell(last)})`;
  return `${scenario.name}: ${why}; cut ${where} with ${pending.names.length} names and ${pending.files.length} files unflushed; ${lost}`;
};

const survivors = (pending: Pending, names: Uint8Array, files: Uint8Array): string =>
  `survived: names [${pending.names.flatMap(({ changes }, at) => (names[at] === 1 ? [changes.at(-1)?.name] : [])).join(' ')}], forms [${files.join(' ')}]`;

/**
 * Goes through what a cut after each operation may leave, and asks of every state what a start would launch from it and
 * whether what was reported still holds. `operations` may be others than the recorded ones: a mutant.
 */
export const explore = async (
  recording: Recording,
  { perPrefix, seed, enough, fingerprints = false, from = 0, known = new Map() }: Budget,
  operations: readonly Operation[] = recording.operations,
): Promise<Explored> => {
  const promises = promisesOf(recording.disk, operations, recording.scenario);
  const disk: Disk = recording.disk.copy();
  const different = new Set<number>();
  const broken: string[] = [];
  let states = 0;
  for (const [at, owed] of promises.entries()) {
    // Nothing has happened yet: what was prepared must be what the program is said to begin from.
    const promised = at === 0 ? { ...owed, launch: new Set(recording.scenario.before) } : owed;
    const operation = operations[at - 1];
    if (operation !== undefined) apply(disk, operation);
    if (at < from) continue;
    const pending = disk.pending;
    const answers = new Map<string, string | null>();
    for (const pick of picksOf(pending, perPrefix, seed + at)) {
      states += 1;
      const view = viewAfterCut(disk, pending, pick);
      if (fingerprints) different.add(fingerprint(view, folderOf(storePlace)));
      const key = visibleKey(view);
      let why = answers.get(key);
      if (why === undefined) {
        const judgement = known.get(key) ?? (await judge(recording, view));
        known.set(key, judgement);
        why = verdictOf(judgement, promised, view);
        answers.set(key, why);
      }
      if (why === null) continue;
      const lost = survivors(pending, pick.names, pick.files);
      broken.push(describe(recording, operations, at, pending, lost, why));
      if (broken.length >= enough) return { states, distinct: different.size, judged: known.size, broken };
    }
  }
  return { states, distinct: different.size, judged: known.size, broken };
};

const verdictOf = (judgement: Judgement, promised: Promised, view: View): string | null => {
  if (!promised.launch.has(judgement.launched))
    return `a start launches ${judgement.launched}, not ${[...promised.launch].join(' or ')}`;
  return brokenDocument(view, promised) ?? judgement.broken;
};
