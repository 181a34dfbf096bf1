import { type Disk, type FileState, type Folder, type Inode, type Pending, perform } from './disk.ts';
import { randomFrom } from './random.ts';
import type { View } from './view.ts';

/**
 * One way in which a cut may end: which pending acts on names have survived, and in which form each unflushed file. The
 * lists are used again for the next state.
 */
export type Pick = { readonly names: Uint8Array; readonly files: Uint8Array };

/** The disk after a cut with these survivors. */
export const viewAfterCut = (disk: Disk, pending: Pending, pick: Pick): View => {
  const folders = new Map<Inode, Folder>();
  for (const [at, { changes }] of pending.names.entries()) {
    if (pick.names[at] !== 1) continue;
    for (const { folder } of changes) {
      if (!folders.has(folder)) folders.set(folder, new Map(disk.lasting.get(folder)));
    }
    perform(folders, changes);
  }
  const files = new Map<Inode, FileState>();
  for (const [at, { inode, forms }] of pending.files.entries()) {
    const form = forms[pick.files[at] ?? 0];
    if (form !== undefined) files.set(inode, form);
  }
  return {
    root: disk.root,
    folder: inode => folders.get(inode) ?? disk.lasting.get(inode),
    file: inode => files.get(inode) ?? disk.filesLasting.get(inode),
  };
};

/** For each act the positions of those that must have survived with it. */
const needsOf = ({ names }: Pending): readonly (readonly number[])[] => {
  const at = new Map(names.map(({ id }, index) => [id, index]));
  return names.map(({ after }) => after.flatMap(id => at.get(id) ?? []));
};

/** Every legal pick. */
function* everyPick(pending: Pending): Generator<Pick> {
  const needs = needsOf(pending);
  const pick = { names: new Uint8Array(pending.names.length), files: new Uint8Array(pending.files.length) };
  function* choose(at: number): Generator<Pick> {
    if (at < pick.names.length) {
      pick.names[at] = 0;
      yield* choose(at + 1);
      if (needs[at]?.every(need => pick.names[need] === 1) !== true) return;
      pick.names[at] = 1;
      yield* choose(at + 1);
      pick.names[at] = 0;
      return;
    }
    const file = at - pick.names.length;
    const forms = pending.files[file]?.forms;
    if (forms === undefined) return yield pick;
    for (let form = 0; form < forms.length; form += 1) {
      pick.files[file] = form;
      yield* choose(at + 1);
    }
  }
  yield* choose(0);
}

const countOf = ({ names, files }: Pending, limit: number): number => {
  let count = 1;
  for (const forms of [...names.map(() => 2), ...files.map(file => file.forms.length)]) {
    count *= forms;
    if (count > limit) return count;
  }
  return count;
};

type Shape = { readonly names: (at: number) => boolean; readonly files: (at: number) => number };

/**
 * Where there are too many: nothing, everything, each thing alone, all but one, each beginning of the acts (what a disk
 * that orders its acts leaves), each file in each form, and for the rest a seeded sample.
 */
function* somePicks(pending: Pending, budget: number, seed: number): Generator<Pick> {
  const needs = needsOf(pending);
  const { names, files } = pending;
  const last = (at: number): number => (files[at]?.forms.length ?? 1) - 1;
  const pick = { names: new Uint8Array(names.length), files: new Uint8Array(files.length) };
  const seen = new Set<string>();
  const make = (shape: Shape): Pick | null => {
    for (let at = 0; at < names.length; at += 1) {
      const legal = needs[at]?.every(need => pick.names[need] === 1) === true;
      pick.names[at] = legal && shape.names(at) ? 1 : 0;
    }
    for (let at = 0; at < files.length; at += 1) pick.files[at] = Math.min(shape.files(at), last(at));
    const key = String.fromCharCode(...pick.names, 2, ...pick.files);
    if (seen.has(key)) return null;
    seen.add(key);
    return pick;
  };
  function* shapes(): Generator<Shape> {
    for (const form of [9, 0, 1, 2, 3]) {
      yield { names: () => true, files: () => form };
      yield { names: () => false, files: () => form };
    }
    for (let one = 0; one < names.length; one += 1) {
      const wanted = closureOf(needs, one);
      for (const form of [9, 0]) {
        yield { names: at => wanted.has(at), files: () => form };
        yield { names: at => at !== one, files: () => form };
        yield { names: at => at <= one, files: () => form };
      }
    }
    for (let one = 0; one < files.length; one += 1) {
      for (let form = 0; form <= last(one); form += 1) {
        yield { names: () => true, files: at => (at === one ? form : 9) };
        yield { names: () => true, files: at => (at === one ? form : 0) };
      }
    }
    const random = randomFrom(seed);
    for (let tries = budget * 2; tries > 0; tries -= 1) {
      const [few, whole] = [1 + random(9), random(10)];
      yield { names: () => random(10) < few, files: at => (random(10) < whole ? 9 : random(last(at) + 1)) };
    }
  }
  let left = budget;
  for (const shape of shapes()) {
    const next = make(shape);
    if (next === null) continue;
    yield next;
    left -= 1;
    if (left <= 0) return;
  }
}

const closureOf = (needs: readonly (readonly number[])[], one: number): Set<number> => {
  const wanted = new Set([one]);
  for (let at = one; at >= 0; at -= 1) {
    if (wanted.has(at)) for (const need of needs[at] ?? []) wanted.add(need);
  }
  return wanted;
};

/** The states that a cut at this moment may leave: all where they are at most `budget`, else a sample of that many. */
export const picksOf = (pending: Pending, budget: number, seed: number): Generator<Pick> =>
  countOf(pending, budget) <= budget ? everyPick(pending) : somePicks(pending, budget, seed);
